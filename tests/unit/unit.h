/* unit: what every unit test includes first; cmocka wants this order. */
#ifndef ESPY_TESTS_UNIT_H
#define ESPY_TESTS_UNIT_H
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#endif
