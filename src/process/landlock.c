/* landlock.c: building and entering a Landlock ruleset. */
#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/landlock.h as of version 6. */
enum {
    CREATE_RULESET = 444,
    ADD_RULE = 445,
    RESTRICT_SELF = 446,
    CREATE_RULESET_VERSION = 1,
    RULE_PATH_BENEATH = 1,
    RULE_NET_PORT = 2,
};

enum file_right {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_DIR = 1 << 3,
    REMOVE_DIR = 1 << 4,
    REMOVE_FILE = 1 << 5,
    MAKE_DIR = 1 << 7,
    MAKE_REG = 1 << 8,
    FIRST_RIGHTS = (1 << 13) - 1, /* all of version 1 */
    REFER = 1 << 13,
    TRUNCATE = 1 << 14,
    IOCTL_DEV = 1 << 15,
};

enum { BIND_TCP = 1 << 0, CONNECT_TCP = 1 << 1 };
enum { SCOPE_ABSTRACT_UNIX = 1 << 0, SCOPE_SIGNAL = 1 << 1 };

struct ruleset {
    uint64_t files, net, scope;
};

struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

struct port_rule {
    uint64_t allowed, port;
};

int landlock_version(void)
{
    long version = syscall(CREATE_RULESET, NULL, 0, CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

static struct ruleset handled_rights(int version, bool connect)
{
    struct ruleset r = { .files = FIRST_RIGHTS };
    if (version >= 2)
        r.files |= REFER;
    if (version >= 3)
        r.files |= TRUNCATE;
    if (version >= 4)
        r.net = connect ? BIND_TCP : BIND_TCP | CONNECT_TCP;
    if (version >= 5)
        r.files |= IOCTL_DEV;
    if (version >= 6)
        r.scope = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
    return r;
}

static bool rule_add(int ruleset, const char *path, uint64_t rights)
{
    struct stat is;
    struct path_rule rule = { .allowed = rights };
    rule.parent = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES;
    bool good = !fstat(rule.parent, &is);
    if (good && !S_ISDIR(is.st_mode))
        rule.allowed &= WRITE_FILE | READ_FILE | TRUNCATE;
    good = good && !syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent);
    return good;
}

static bool rules_add(int ruleset, const char *const *paths, uint64_t rights)
{
    for (size_t i = 0; paths && paths[i]; i++)
        if (!rule_add(ruleset, paths[i], rights))
            return false;
    return true;
}

static bool ports_add(int ruleset, const struct landlock_plan *in)
{
    for (size_t i = 0; i < in->port_count; i++) {
        struct port_rule rule = { CONNECT_TCP, in->ports[i] };
        if (syscall(ADD_RULE, ruleset, RULE_NET_PORT, &rule, 0))
            return false;
    }
    return true;
}

bool landlock_restrict(const struct landlock_plan *in)
{
    static const size_t sizes[] = { 0, 8, 8, 8, 16, 16, 24 };
    static const uint64_t write = READ_FILE | READ_DIR | WRITE_FILE | REMOVE_DIR | REMOVE_FILE |
                                  MAKE_DIR | MAKE_REG | REFER | TRUNCATE;
    int version = landlock_version();
    struct ruleset handled = handled_rights(version, in->connect);
    if (!version) {
        errno = ENOSYS;
        return false;
    }
    size_t size = sizes[version < (int)LENGTH(sizes) ? version : (int)LENGTH(sizes) - 1];
    int ruleset = (int)syscall(CREATE_RULESET, &handled, size, 0);
    if (ruleset < 0)
        return false;
    bool good = rules_add(ruleset, in->read, READ_FILE | READ_DIR) &&
                rules_add(ruleset, in->write, write & handled.files) &&
                (version < 4 || ports_add(ruleset, in)) && !syscall(RESTRICT_SELF, ruleset, 0);
    int problem = errno;
    close(ruleset);
    errno = problem;
    return good;
}
