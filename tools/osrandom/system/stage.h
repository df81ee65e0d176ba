/*
 * A view of the machine in which /etc/ld.so.preload is ours to try: a mount namespace of its own,
 * that ends with the process in it. The machine itself sees nothing of it.
 */
#ifndef OSRANDOM_STAGE_H
#define OSRANDOM_STAGE_H

#include <stdbool.h>

#define STATE_DIRECTORY "/run/osrandom"
#define STAGE_DIRECTORY STATE_DIRECTORY "/stage"

/* /run/osrandom, root's and written to by nobody else: 0, or -1 and errno. */
int state_directory(void);

/*
 * Runs play(data) in a child on the stage and answers what it answers, from 0 to 100; -1 if it did
 * not come to its end. With own_preset, /etc/ld.so.preload is an empty file at first, which
 * stage_preset() fills, and else the machine's. There are two copies of this program, PROBE and the
 * set-user-ID one, for everybody to start.
 */
int on_stage(bool own_preset, int (*play)(void *data), void *data);

#define STAGE_PROBE STAGE_DIRECTORY "/probe"
#define STAGE_SET_UID_PROBE STAGE_DIRECTORY "/set-user-id-probe"

/* From within. */
int stage_preset(const char *text);

/* NULL, or why there is no namespace: then the preset is not ours, and set-user-ID may have no
 * effect. */
const char *stage_lack(void);

#endif
