/* incbin.S: the trained tables as read-only data. */
    .section .rodata
    .balign 64
    .globl gazetteer_begin
    .globl gazetteer_end
gazetteer_begin:
    .incbin GAZETTEER
gazetteer_end:
    .balign 64
    .globl tagger_begin
tagger_begin:
    .incbin TAGGER
    .balign 64
    .globl guard_begin
guard_begin:
    .incbin GUARD
    .section .note.GNU-stack,"",@progbits
