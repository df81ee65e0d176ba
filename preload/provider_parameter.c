/*
 * Answers to OSSL_PARAM: OSSL_PARAM_int(3). OpenSSL's own functions for it are not linked.
 */
#include <stdbool.h>

#include "provider.h"

static bool is_big_endian(void)
{
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
}

static bool fits(uint64_t number, size_t size, bool is_signed)
{
    return size > 0 && (size > sizeof(number) || number >> (8 * size - 1) >> !is_signed == 0);
}

static size_t least_size(uint64_t number, bool is_signed)
{
    size_t size = 1;

    while (!fits(number, size, is_signed))
        size++;
    return size;
}

/* The usual size first: a number is asked for at every draw. */
static void store(unsigned char *value, size_t size, uint64_t number)
{
    if (size == sizeof(number)) {
        __builtin_memcpy(value, &number, sizeof(number));
        return;
    }
    for (size_t i = 0; i < size; i++, number >>= 8)
        value[is_big_endian() ? size - 1 - i : i] = (unsigned char)number;
}

int parameter_set_number(struct parameter *parameter, uint64_t number)
{
    bool is_signed = parameter->type == PARAMETER_INTEGER;

    if (!is_signed && parameter->type != PARAMETER_UNSIGNED)
        return 0;
    if (!parameter->value || !fits(number, parameter->size, is_signed)) {
        parameter->returned = least_size(number, is_signed);
        return parameter->value == NULL;
    }
    parameter->returned = parameter->size;
    store(parameter->value, parameter->size, number);
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
