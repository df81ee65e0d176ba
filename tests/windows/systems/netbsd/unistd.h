/* As OpenBSD has it. */
#include "../openbsd/unistd.h"
