/* master.c: finds, reads, makes and recognises the master key. */
#include "master.h"

#include "base/text.h"
#include "hash.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_TEXT = 2 * SECRET_KEY, BASE64_TEXT = 44, TEXT_MAX = 256, MASTER_CHECK = 16 };

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

void master_key_source_make(const char *default_file, struct master_key_source *ret)
{
    *ret = (struct master_key_source){
        .value = getenv("VOW_MASTER_KEY"),
        .file = getenv("VOW_MASTER_KEY_FILE"),
        .credentials = getenv("CREDENTIALS_DIRECTORY"),
        .default_file = default_file,
    };
}

/* 43 characters of base64, in either alphabet, with or without the padding. */
static bool base64_read(const char *text, size_t n, struct secret_key *ret)
{
    char full[BASE64_TEXT + 1];
    if (n == BASE64_TEXT && text[n - 1] == '=')
        n--;
    if (n != BASE64_TEXT - 1)
        return false;
    for (size_t i = 0; i < n; i++)
        full[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
    full[n] = '=';
    full[n + 1] = 0;
    uint8_t bytes[SECRET_KEY + 1];
    bool ok = !memchr(full, '=', n) &&
              EVP_DecodeBlock(bytes, (unsigned char *)full, BASE64_TEXT) == SECRET_KEY + 1;
    if (ok)
        memcpy(ret->byte, bytes, SECRET_KEY);
    OPENSSL_cleanse(bytes, sizeof bytes);
    OPENSSL_cleanse(full, sizeof full);
    return ok;
}

static bool key_read(const char *text, struct secret_key *ret)
{
    text += strspn(text, " \t\r\n");
    size_t n = strcspn(text, " \t\r\n");
    if (text[n + strspn(text + n, " \t\r\n")])
        return false;
    autofree(secret_key_wipe) struct secret_key key;
    if (n == KEY_TEXT ? !hex_parse(text, SECRET_KEY, key.byte) : !base64_read(text, n, &key))
        return false;
    *ret = key;
    return true;
}

/* Reads a whole small file; -1 with errno on failure, EFBIG when it is not small. */
static ssize_t file_read(int fd, char *to, size_t room)
{
    size_t n = 0;
    while (n < room) {
        ssize_t got = read(fd, to + n, room - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (!got)
            return (ssize_t)n;
        n += (size_t)got;
    }
    errno = EFBIG;
    return -1;
}

static int folder_open(const char *path)
{
    char folder[PATH_MAX];
    if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder)
        return -1;
    char *slash = strrchr(folder, '/');
    if (!slash)
        strcpy(folder, ".");
    else
        slash[slash == folder] = 0;
    return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Writes a file that must not be there yet, so that it is there whole or not at all: a crash
   leaves at most the unfinished file beside it, which the next try replaces. Who else makes one in
   that folder waits; EEXIST when it was this one. */
static bool file_create(const char *path, const void *at, size_t n)
{
    char made[PATH_MAX];
    if (snprintf(made, sizeof made, "%s.new", path) >= (int)sizeof made)
        return false;
    autofree(fd_close) int folder = folder_open(path);
    if (folder < 0 || flock(folder, LOCK_EX))
        return false;
    unlink(made);
    autofree(fd_close) int fd =
        open(made, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool ok = write(fd, at, n) == (ssize_t)n && fsync(fd) == 0 && link(made, path) == 0;
    int why = errno;
    unlink(made);
    errno = why;
    return ok && fsync(folder) == 0;
}

static bool file_load(const char *path, bool may_create, struct secret_key *ret, struct error *err);

static bool file_make(const char *path, struct secret_key *ret, struct error *err)
{
    autofree(secret_key_wipe) struct secret_key key;
    secret_key_random(&key);
    char text[KEY_TEXT + 2];
    hex_format(key.byte, SECRET_KEY, text);
    strcpy(text + KEY_TEXT, "\n");
    bool ok = file_create(path, text, KEY_TEXT + 1);
    OPENSSL_cleanse(text, sizeof text);
    if (!ok && errno == EEXIST) /* another process made it meanwhile */
        return file_load(path, false, ret, err);
    if (!ok)
        return error_set(err, UNAVAILABLE, "The master key file %s could not be written: %s.", path,
                         strerror(errno));
    *ret = key;
    return true;
}

static bool file_load(const char *path, bool may_create, struct secret_key *ret, struct error *err)
{
    autofree(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && may_create)
        return file_make(path, ret, err);
    if (fd < 0 && errno == ENOENT)
        return error_set(err, NOT_FOUND,
                         "The master key file %s is missing; without it the stored data "
                         "cannot be opened.",
                         path);
    if (fd < 0)
        return error_set(err, INVALID, "The master key file %s cannot be read: %s.", path,
                         strerror(errno));
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return error_set(err, INVALID, "The master key file %s is not a file.", path);
    if (st.st_mode & 027)
        return error_set(err, INVALID,
                         "The master key file %s is open to others; set its mode to 0600.", path);
    char text[TEXT_MAX + 1] = { 0 };
    bool ok = file_read(fd, text, TEXT_MAX) >= 0 && key_read(text, ret);
    OPENSSL_cleanse(text, sizeof text);
    if (!ok)
        return error_set(err, INVALID,
                         "The master key file %s does not hold a key (64 hexadecimal digits or "
                         "base64 of 32 bytes).",
                         path);
    return true;
}

bool master_key_load(const struct master_key_source *source, bool may_create,
                     struct secret_key *ret, struct error *err)
{
    if (source->value)
        return key_read(source->value, ret) ||
               error_set(err, INVALID,
                         "VOW_MASTER_KEY does not hold a key (64 hexadecimal digits or base64 of "
                         "32 bytes).");
    if (source->file)
        return file_load(source->file, may_create, ret, err);
    char path[PATH_MAX];
    if (source->credentials &&
        snprintf(path, sizeof path, "%s/vow-master-key", source->credentials) < (int)sizeof path &&
        access(path, F_OK) == 0)
        return file_load(path, false, ret, err);
    if (source->default_file && (may_create || !access(source->default_file, F_OK)))
        return file_load(source->default_file, may_create, ret, err);
    if (source->default_file)
        return error_set(err, NOT_FOUND,
                         "There is no master key, and without it the data cannot be opened: name "
                         "its file in VOW_MASTER_KEY_FILE, or put it at %s",
                         source->default_file);
    return error_set(err, NOT_FOUND,
                     "There is no master key: set VOW_MASTER_KEY_FILE, VOW_MASTER_KEY or the "
                     "systemd credential vow-master-key.");
}

/* A value that recognises the key and reveals nothing of it. */
static void check_make(const struct secret_key *key, uint8_t ret[MASTER_CHECK])
{
    autofree(secret_key_wipe) struct secret_key check;
    secret_key_derive(key, "vow master key check", &check);
    memcpy(ret, check.byte, MASTER_CHECK);
}

/* What is stored, if it is there. */
static bool check_read(const char *path, bool *known, char ret[MASTER_CHECK + 1], struct error *err)
{
    autofree(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    *known = fd >= 0;
    if (!*known && errno != ENOENT)
        return error_set(err, UNAVAILABLE, "%s cannot be read: %s.", path, strerror(errno));
    return !*known || file_read(fd, ret, MASTER_CHECK + 1) == MASTER_CHECK ||
           error_set(err, INVALID, "%s is damaged; put that of another backup in its place.", path);
}

bool master_key_note(const char *check_path, const struct secret_key *key, struct error *err)
{
    uint8_t check[MASTER_CHECK];
    check_make(key, check);
    return file_create(check_path, check, sizeof check) || errno == EEXIST ||
           error_set(err, UNAVAILABLE, "%s could not be written: %s.", check_path, strerror(errno));
}

bool master_key_open(const struct master_key_source *source, const char *check_path,
                     bool may_create, struct secret_key *ret, struct error *err)
{
    char stored[MASTER_CHECK + 1];
    bool known;
    autofree(secret_key_wipe) struct secret_key key;
    if (!check_read(check_path, &known, stored, err) ||
        !master_key_load(source, may_create && !known, &key, err))
        return false;
    if (!known && may_create &&
        !(master_key_note(check_path, &key, err) && check_read(check_path, &known, stored, err)))
        return false;
    uint8_t check[MASTER_CHECK];
    check_make(&key, check);
    if (known && !hash_equal(check, stored, MASTER_CHECK))
        return error_set(err, INVALID,
                         "This is not the master key that the data was stored with: give that one; "
                         "nothing was opened or changed.");
    *ret = key;
    return true;
}
