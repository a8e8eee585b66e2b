/* fault_vfs.h: a VFS below the sealed one that remembers every write and sync, so that the disk of
   any moment of a power loss can be made afterwards, and that fails an operation when asked. */
#ifndef VOW_FAULTS_FAULT_VFS_H
#define VOW_FAULTS_FAULT_VFS_H

#include "base/base.h"

#include <sqlite3.h>

enum { FILES_MAX = 8, SECTOR = 512 };

enum step_kind { STEP_WRITE, STEP_TRUNCATE, STEP_SYNC, STEP_DELETE, STEP_NOTE, STEP_ACK };

/* One step of the trace. NOTE is a file's whole content after it changed outside the VFS, never
   synced; ACK is the caller's word that a commit was acknowledged. */
struct step {
    enum step_kind kind;
    int file; /* index of its name */
    int64_t at;
    uint8_t *data;
    size_t n;
};

/* What is recorded; one recording at a time, from one thread. */
struct trace {
    const char *noted; /* path of a file to note when it changed, or NULL */
    char name[FILES_MAX][256];
    int files;
    struct step *step;
    size_t steps, room;
    bool on;
    int fail_in;     /* the n-th write, sync or truncate (or read) from now fails; 0 is none */
    int fail_with;   /* writes fail with this SQLite code */
    bool fail_once;  /* or all that follow fail too */
    bool fail_reads; /* reads fail, and nothing else */
    bool failed;     /* it has come to that */
};
extern struct trace trace;

/* Registers the VFS "fault" over the default one. */
void fault_register(void);
void trace_ack(int64_t number);
void trace_clear(void);
/* The number of a file in the trace, from its path. */
int trace_file(const char *path);

/* The content of a file that a power loss after `steps` steps leaves. */
struct disk_file {
    uint8_t *at;
    size_t n;
    bool there;
};

/* What happens to writes that were not synced. */
enum loss { LOSE_ALL, KEEP_ALL, LOSE_SOME, TEAR_SOME };

/* Plays the trace up to `steps` into `disk`, which holds the content before the first step and is
   changed; afterwards it holds what the disk has. */
void trace_play(size_t steps, enum loss loss, unsigned *seed, struct disk_file disk[FILES_MAX]);

#endif
