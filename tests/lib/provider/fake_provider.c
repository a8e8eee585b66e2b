/* fake_provider.c: the stand-in as a program: prints its port and serves until killed.
   fake_provider [PORT] */
#include "provider.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int count, char **args)
{
    unsigned long port = count > 1 ? strtoul(args[1], NULL, 10) : 0;
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&at, n) || listen(listener, 512) ||
        getsockname(listener, (struct sockaddr *)&at, &n)) {
        perror("fake_provider");
        return 1;
    }
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    return provider_serve(listener);
}
