/* As OpenBSD has it. */
#include "../openbsd/errno.h"
