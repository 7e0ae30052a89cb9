/* The tables of options in the formats of other programs. */
#ifndef PAGES_H
#define PAGES_H

/* Prints the page of this name: --man for man(1), --bash and --zsh for these shells' completion. -1 if it is none. */
int print_page(const char *name);

#endif
