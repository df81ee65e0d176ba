/*
 * Answers to OSSL_PARAM: OSSL_PARAM_int(3). OpenSSL's own functions for it are not linked.
 */
#include <stdbool.h>

#include "provider.h"

static bool is_big_endian(void)
{
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
}

/* The bytes that a number takes, its sign counted. */
static size_t bytes_of(uint64_t number, bool is_signed)
{
    size_t bytes = 1;

    while (bytes < sizeof(number) && number >> (8 * bytes - is_signed))
        bytes++;
    return bytes;
}

int parameter_set_number(struct parameter *parameter, uint64_t number)
{
    unsigned char *value = parameter->value;
    size_t size = parameter->size;

    if (parameter->type != PARAMETER_INTEGER && parameter->type != PARAMETER_UNSIGNED)
        return 0;
    parameter->returned = bytes_of(number, parameter->type == PARAMETER_INTEGER);
    if (!value)
        return 1;
    if (size < parameter->returned)
        return 0;
    parameter->returned = size;
    for (size_t i = 0; i < size; i++, number >>= 8)
        value[is_big_endian() ? size - 1 - i : i] = (unsigned char)number;
    return 1;
}

int parameter_set_text(struct parameter *parameter, const char *text)
{
    size_t length = 0;

    if (parameter->type != PARAMETER_TEXT_POINTER)
        return 0;
    while (text[length])
        length++;
    parameter->returned = length;
    if (parameter->value)
        *(const char **)parameter->value = text;
    return 1;
}
