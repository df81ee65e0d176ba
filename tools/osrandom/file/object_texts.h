/*
 * What an object's texts tell: versions, and traces that OpenSSL leaves.
 */
#ifndef OSRANDOM_OBJECT_TEXTS_H
#define OSRANDOM_OBJECT_TEXTS_H

#include "object.h"

/* Searches the whole file, since the linker keeps texts in no section of their own; its holes are
 * passed over. What the symbols tell must be known. */
void object_read_texts(struct object *object, int descriptor, off_t size);

#endif
