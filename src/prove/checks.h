/* checks.h: every promise, in the files that check them. */
#ifndef VOW_PROVE_CHECKS_H
#define VOW_PROVE_CHECKS_H

#include "core/promise.h"

extern const struct promise promise_ai_2_c, promise_ai_2_e, promise_ai_3_1_a, promise_ai_3_1_b,
    promise_ai_3_2_c, promise_ai_3_3, promise_ai_4_a, promise_ai_4_b, promise_ai_5_a, promise_ai_9,
    promise_ai_10_b, promise_ai_10_d, promise_ai_11, promise_pl_1_a, promise_pl_1_b, promise_pl_1_c,
    promise_pl_3_a, promise_pl_3_b, promise_pl_3_c, promise_pl_5_a, promise_pl_5_b, promise_pl_6_a,
    promise_pl_6_b, promise_pl_6_c, promise_pl_6_d, promise_pl_7, promise_pl_10;

#endif
