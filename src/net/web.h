/* web.h: the built web app, read into memory at start. */
#ifndef VOW_WEB_H
#define VOW_WEB_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"

struct web;

struct web_file {
    const char *path; /* "/assets/app-1A2B3C4D.js" */
    const char *type;
    const char *etag;                /* with quotes */
    bool immutable;                  /* the name carries a hash of the content */
    struct blob plain, gzip, brotli; /* .at NULL: not there */
};

/* Reads every file below `dir`. A sibling `x.br` or `x.gz` is the compressed form of `x`. */
MUST_USE bool web_open(struct arena *a, const char *dir, struct web **ret, struct error *err);

/* The file of a path, without its query, or NULL. Only names found at start exist, so no path can
   lead elsewhere. */
const struct web_file *web_find(const struct web *w, const char *path, size_t len);

/* What stands in a page instead of a mark. */
struct web_said {
    const char *mark, *text; /* "__NONCE__" */
};

/* The page to begin with at a path, with what is said for every mark (ends with a nameless one):
   for somebody with a session index.html; for a stranger the page of the path's first word
   ("/sign-up/…": sign-up.html), or else sign-in.html, or else index.html. */
void web_page(const struct web *w, const char *path, bool is_stranger, const struct web_said *said,
              struct buffer *ret);

#endif
