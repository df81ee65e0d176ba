/* As FreeBSD has it. */
#include "../freebsd/errno.h"
