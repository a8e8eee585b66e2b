/* hello.c: the least that libmicrohttpd can do, as a yardstick: a constant answer from an epoll
   pool of two threads. Prints its port, serves until standard input closes. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <unistd.h>

static enum MHD_Result answer(void *with, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request)
{
    (void)url, (void)method, (void)version, (void)upload, (void)upload_size;
    if (!*request) {
        *request = with;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, with);
}

int main(void)
{
    static char text[] = "{\"hello\":\"world\"}";
    struct MHD_Response *hello =
        MHD_create_response_from_buffer(sizeof text - 1, text, MHD_RESPMEM_PERSISTENT);
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, hello, MHD_OPTION_THREAD_POOL_SIZE, 2,
        MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_END);
    if (!hello || !daemon) {
        fprintf(stderr, "libmicrohttpd did not start\n");
        return 1;
    }
    printf("%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    for (char byte; read(STDIN_FILENO, &byte, 1) > 0;)
        ;
    MHD_stop_daemon(daemon);
    MHD_destroy_response(hello);
    return 0;
}
