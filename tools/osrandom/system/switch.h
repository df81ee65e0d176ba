/*
 * /etc/ld.so.preload itself: on, off, and how it stands.
 *
 * By default it is a link to a file below /run, which is gone after a reset: a reboot then starts
 * without the shim, until the unit osrandom-preload.service has tried it and writes that file anew.
 */
#ifndef OSRANDOM_SWITCH_H
#define OSRANDOM_SWITCH_H

#include <stdbool.h>

#define SYSTEM_PRESET "/etc/ld.so.preload"
#define RUN_PRESET "/run/osrandom/ld.so.preload"
#define PRESET_UNIT "osrandom-preload.service"

enum way {
    WAY_OFF,
    WAY_LINK,      /* a reboot recovers */
    WAY_LINK_IDLE, /* the link is there, and nothing names the shim */
    WAY_FILE,      /* the entry is in the file itself */
};

/* *entry, for free(), is what names the shim, or NULL. */
enum way switch_state(char **entry);

/* How it would be switched on: by a link, unless there are other entries or comments. */
bool switch_would_link(void);

/* 0, or -1 after a complaint. With by_file, the entry is written into the file itself in any case.
 * Nothing is started: these work where no program does. */
int switch_on(const char *entry, bool by_file);
int switch_off(void);

/* At boot: the link is there already. */
int switch_on_at_boot(const char *entry);

/*
 * What a boot leaves behind while it is not complete: after one that never was, the shim is held
 * back. mark: 0, or -1 and errno.
 */
int boot_mark(void);
void boot_clear(void);
bool boot_is_marked(void);

/* Whoever has the lock may switch; it is held until the process ends. False after a complaint. */
bool switch_lock(void);

#endif
