/* As OpenBSD's <unistd.h> has it. */
#include "../../openbsd/unistd.h"
