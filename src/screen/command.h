/* command.h: the two commands of this room, "vow mask" and "vow guard".

   Both take the arguments behind the command's name (argv[0] is the name) and return the exit
   status: 0, 1 when a file can't be read or a line is malformed, 2 for wrong arguments. */
#ifndef VOW_SCREEN_COMMAND_H
#define VOW_SCREEN_COMMAND_H

int mask_command(int argc, char **argv);
int guard_command(int argc, char **argv);

#endif
