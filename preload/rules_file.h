/*
 * /etc/osrandom.conf as this process finds it.
 */
#ifndef OSRANDOM_RULES_FILE_H
#define OSRANDOM_RULES_FILE_H

/*
 * Reads it into the settings, once; before anything is done that a setting decides on, and in a
 * process only that has an OpenSSL. A file that cannot be used is told of, and says nothing then.
 *
 * Signal safe; nothing is allocated, and no descriptor stays open. Without the file it is one
 * system call.
 */
void rules_read(void);

#endif
