/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * night: the report of a night, for a person in the morning.
 *
 * Things that need a person come first. Then come numbers, the worst new bans, attacked users, and banned addresses
 * that go on. The end says how to see everything and how to undo a ban. Each part has a greatest number of lines, so
 * that the whole never has more than one screen.
 */
#include "report/night.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "report/fields.h"
#include "report/findings.h"
#include "report/text.h"

enum {
	NEEDS_MOST = 14,        /* lines of things that need a person */
	LAST_LINES = 4,         /* how much was read, and how to go on */
	ENTERED_SHOWN = 3, WORST_MOST = 5, OTHERS_MOST = 2,
};

struct page {
	struct buf *out;
	unsigned lines, most;
};

/* Adds a line, cut where it is too wide; no line where there is no room. */
static void say(struct page *page, const char *sentence, const struct field *fields)
{
	FREED_BY(buf_free) struct buf line = { 0 };

	if (page->lines == page->most)
		return;
	fields_say_utf8(fields, sentence, &line);
	text_cut(&line, NIGHT_COLUMNS);
	buf_add_span(page->out, buf_span(&line));
	buf_add_char(page->out, '\n');
	page->lines++;
}

static void say_plain(struct page *page, const char *line)
{
	say(page, "{line}", (const struct field[]){ field_word("line", line), field_end() });
}

/* Says a note, on two lines where one is too short, since the note's end says what to do. */
static void say_note(struct page *page, const char *note)
{
	size_t len = strlen(note), first = NIGHT_COLUMNS - 2;
	char *head;

	while (len > first && first > NIGHT_COLUMNS / 2 && note[first] != ' ')
		first--;
	/* where there is no blank it is cut between characters */
	while (len > first && ((unsigned char)note[first] & 0xc0) == 0x80)
		first--;
	head = mem_text_of(note, len < first ? len : first);
	say(page, "! {note}", (const struct field[]){ field_word("note", head), field_end() });
	if (len > first)
		say(page, "   {rest}", (const struct field[]){ field_word("rest", note + first), field_end() });
	free(head);
}

/* ---- what needs a person ---- */

static bool is_banned(const struct night *n, const struct account *a)
{
	return (a->flags & ACCOUNT_LISTED) != 0 && account_is_banned(a, n->now);
}

/* A name that logged in from the account's address lately; NULL: none. */
static const char *customer_of(const struct night *n, const struct account *a)
{
	for (unsigned i = 0; i < a->name_count; i++) {
		const struct account_name *name = &a->names[i];

		if (name->name != NAME_NONE && account_name_is_known(name, n->judge->clock, n->judge->settings))
			return name_shown(&n->judge->accounts.names.all[name->name]);
	}
	return NULL;
}

static size_t count_kind(const struct night *n, enum change_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < n->changes->count; i++)
		count += n->changes->all[i].kind == kind;
	return count;
}

/* Says the first customers who are banned, unless page is NULL. Returns how many there are. */
static size_t shut_out(const struct night *n, struct page *page)
{
	size_t count = 0;

	for (size_t i = 0; i < n->judge->accounts.count; i++) {
		const struct account *a = accounts_at(&n->judge->accounts, i);
		const char *user = is_banned(n, a) && (a->flags & ACCOUNT_BREACHED) == 0 ? customer_of(n, a) : NULL;

		if (user == NULL || ++count > OTHERS_MOST || page == NULL)
			continue;
		say(page, "! {address} is banned, though {user.30} logged in there",
		    (const struct field[]){ field_addr("address", &a->addr), field_word("user", user), field_end() });
	}
	return count;
}

size_t night_needs(const struct night *n)
{
	return count_kind(n, CHANGE_BREACH) + count_kind(n, CHANGE_ENTERED) + count_kind(n, CHANGE_FAILING) +
	       count_kind(n, CHANGE_REFUSED) + count_kind(n, CHANGE_DEFERRED) + count_kind(n, CHANGE_TOO_WIDE) +
	       shut_out(n, NULL) + n->notes->count;
}

/* The owner of the address, "" where nobody knows the owner. The caller frees the text. */
static struct span owner_of(const struct night *n, const struct addr *addr, struct buf *text)
{
	struct owner owner;

	(void)owners_find(n->owners, addr, &owner);
	owner_add_text(text, &owner);
	return (struct span){ buf_text(text), text->len };
}

static void say_entered(const struct night *n, struct page *page, const struct change *c)
{
	struct field tried[ENTERED_TRIED + 1] = { 0 };
	FREED_BY(buf_free) struct buf owner = { 0 };
	const struct entered *e = c->entered;

	for (unsigned i = 0; i < e->tried_count; i++)
		tried[i] = field_word(NULL, e->tried[i]);
	{
		const struct field fields[] = {
			field_word("user", c->user), field_addr("address", &c->net), field_time("when", c->when),
			field_number("hits", c->hits), field_number("mails", e->mails), field_time("last", e->last),
			field_number("logins", e->logins), field_list("tried", tried),
			field_text("owner", owner_of(n, &c->net, &owner)), field_end(),
		};

		if (c->kind == CHANGE_BREACH) {
			say(page, "! {user.40} was ENTERED from {address} at {when}", fields);
			say(page, "    after {hits|failure|failures}, {mails|mail|mails} since[; {owner.30}]; "
			    "tried {tried.4}", fields);
		} else {
			say(page, "! {user.40} may be entered: {address} since {when}", fields);
			say(page, "    a new place[, {owner.30}], nobody guessed; "
			    "{mails|mail|mails} up to {last}", fields);
		}
	}
}

static void say_more(struct page *page, size_t count, size_t most)
{
	if (count > most)
		say(page, "    and {more} more",
		    (const struct field[]){ field_number("more", count - most), field_end() });
}

static void say_all_entered(const struct night *n, struct page *page)
{
	size_t count = 0;

	for (size_t i = 0; i < n->changes->count; i++) {
		if (n->changes->all[i].kind <= CHANGE_ENTERED && ++count <= ENTERED_SHOWN)
			say_entered(n, page, &n->changes->all[i]);
	}
	say_more(page, count, ENTERED_SHOWN);
}

/* Says the first changes of a kind, and of the others how many there are. */
static void say_kind(const struct night *n, struct page *page, enum change_kind kind, const char *sentence)
{
	size_t count = 0;

	for (size_t i = 0; i < n->changes->count; i++) {
		const struct change *c = &n->changes->all[i];
		const struct field fields[] = {
			field_addr("address", &c->net), field_word("user", c->user), field_number("names", c->names),
			field_number("hits", c->hits), field_end(),
		};

		if (c->kind == kind && ++count <= OTHERS_MOST)
			say(page, sentence, fields);
	}
	say_more(page, count, OTHERS_MOST);
}

static void say_held_back(const struct night *n, struct page *page)
{
	size_t count = count_kind(n, CHANGE_DEFERRED) + count_kind(n, CHANGE_TOO_WIDE);

	if (count > 0)
		say(page, "! {count} not banned, for max-new or max-prefix: mailban run -n -v",
		    (const struct field[]){ field_number("count", count), field_end() });
}

static void say_needs(const struct night *n, struct page *page)
{
	size_t customers;

	if (night_needs(n) == 0) {
		say_plain(page, "Nothing needs you.");
		return;
	}
	say_all_entered(n, page);
	if (page->lines > 0)
		say_plain(page, "    change its password; when that is done: mailban done USER");
	customers = shut_out(n, page);
	say_more(page, customers, OTHERS_MOST);
	say_kind(n, page, CHANGE_FAILING, "! {user.40} keeps failing from {address}, where {names} log in");
	/* a private address may be a gateway before which all clients look alike */
	say_kind(n, page, CHANGE_REFUSED, "! {address} guesses and is not banned: it is allowed, or private");
	say_held_back(n, page);
	for (size_t i = 0; i < n->notes->count; i++)
		say_note(page, n->notes->texts[i]);
}

/* ---- numbers ---- */

/* Whether the ban is new: it began since the last report, or came into the list now after max-new held it back. */
static bool is_new(const struct night *n, const struct account *a)
{
	return is_banned(n, a) && (a->since > n->clock || (a->flags & ACCOUNT_CAME) != 0);
}

uint64_t night_bans(const struct night *n)
{
	uint64_t count = 0;

	for (size_t i = 0; i < n->judge->accounts.count; i++)
		count += is_new(n, accounts_at(&n->judge->accounts, i));
	return count;
}

static uint64_t bans_over(const struct night *n)
{
	uint64_t count = 0;

	for (size_t i = 0; i < n->judge->accounts.count && n->since > 0; i++) {
		const struct account *a = accounts_at(&n->judge->accounts, i);
		int64_t end = a->since != 0 ? a->until : a->ended;

		count += end > n->since && end <= n->now;
	}
	return count;
}

static void say_numbers(const struct night *n, struct page *page)
{
	size_t first = n->row_count >= NIGHTS ? n->row_count - NIGHTS + 1 : 0;
	FREED_BY(buf_free) struct buf bans = { 0 }, events = { 0 };

	/* the summary has this night; without earlier ones there is no table */
	if (n->row_count == 0)
		return;
	for (size_t i = first; i < n->row_count; i++) {
		buf_addf(&bans, "%7" PRIu64, n->rows[i].bans);
		buf_addf(&events, "%7" PRIu64, n->rows[i].events);
	}
	buf_addf(&bans, "%7" PRIu64, night_bans(n));
	buf_addf(&events, "%7" PRIu64, n->events);
	say(page, "last nights  new bans {bans}", (const struct field[]){
		field_word("bans", buf_text(&bans)), field_end() });
	say(page, "             events   {events}", (const struct field[]){
		field_word("events", buf_text(&events)), field_end() });
}

static void say_summary(const struct night *n, struct page *page)
{
	uint64_t by[CLASS_COUNT] = { 0 }, networks = 0;
	FREED_BY(buf_free) struct buf text = { 0 };

	for (size_t i = 0; i < n->judge->accounts.count; i++) {
		const struct account *a = accounts_at(&n->judge->accounts, i);

		if (is_new(n, a)) {
			by[a->by]++;
			networks += a->hosts > 0;
		}
	}
	for (unsigned c = 0; c < CLASS_COUNT; c++) {
		if (by[c] > 0)
			buf_addf(&text, "%s%" PRIu64 " %s", text.len > 0 ? ", " : "", by[c],
				 event_class_name((enum event_class)c));
	}
	say(page, "{bans|new ban|new bans}[: {by}][; {networks|network|networks}]; {over} over; {banned} in all",
	    (const struct field[]){
		field_number("bans", night_bans(n)), field_word("by", buf_text(&text)),
		field_number("networks", networks), field_number("over", bans_over(n)),
		field_number("banned", n->banned), field_end() });
}

/* ---- the worst ---- */

static void say_one_of_worst(const struct night *n, struct page *page, const struct finding *w)
{
	struct field users[3] = { 0 };
	const char *names[2];
	size_t count = told_names(n->judge, w->account, names, 2);

	FREED_BY(buf_free) struct buf text = { 0 };
	struct span owner = owner_of(n, &w->account->addr, &text);

	/* there is room for the owner or for user names, not for both */
	for (size_t i = 0; owner.len == 0 && i < count && i < 2; i++)
		users[i] = field_word(NULL, names[i]);
	say(page, "  {address:24} {by:8} {points:>6} points {events:>6} {word}[  {owner}][  {users}]",
	    (const struct field[]){
		field_addr("address", &w->account->addr),
		field_word("by", event_class_name((enum event_class)w->account->by)),
		field_points("points", w->points), field_number("events", w->account->hits),
		field_word("word", w->account->hits == 1 ? "event" : "events"), field_list("users", users),
		field_text("owner", owner), field_end() });
}

static void say_worst(const struct night *n, struct page *page, size_t most)
{
	FREED_BY(mem_free) struct finding *all = mem_alloc(n->judge->accounts.count + 1, sizeof(*all));
	size_t count = 0;

	for (size_t i = 0; i < n->judge->accounts.count; i++) {
		const struct account *a = accounts_at(&n->judge->accounts, i);

		if (is_new(n, a))
			all[count++] = (struct finding){ a, account_balance(a, n->judge->settings) };
	}
	findings_sort_worst(all, count);
	for (size_t i = 0; i < count && i < most; i++)
		say_one_of_worst(n, page, &all[i]);
}

static void say_knocking(const struct night *n, struct page *page)
{
	const struct firewall_entry **all;
	size_t count;

	if (n->fw == NULL)
		return;
	count = firewall_knockers(n->fw, &all);
	for (size_t i = 0; i < count && i < OTHERS_MOST; i++)
		say(page, "knocks       {address:24} {packets|packet|packets} dropped", (const struct field[]){
			field_addr("address", &all[i]->net), field_number("packets", all[i]->packets), field_end() });
	free(all);
}

/* ---- all of it ---- */

void night_text(const struct night *n, struct buf *out)
{
	struct page page = { .out = out, .most = NEEDS_MOST };

	say_needs(n, &page);
	page.most = NIGHT_LINES - LAST_LINES;
	say_plain(&page, "");
	say_numbers(n, &page);
	say_summary(n, &page);
	say_worst(n, &page, page.lines > NEEDS_MOST ? WORST_MOST - 3 : WORST_MOST);
	say_kind(n, &page, CHANGE_ATTACKED, "under attack {user.40} from {hits|address|addresses}");
	say_knocking(n, &page);
	page.most = NIGHT_LINES;
	say(&page, "read         {lines|line|lines}, {events|event|events}[, up to {clock}]", (const struct field[]){
		field_number("lines", n->lines), field_number("events", n->events),
		field_time("clock", n->judge->clock), field_end() });
	say_plain(&page, "");
	say_plain(&page, "all of it    mailban list; mailban why ADDRESS; mailban diff");
	say_plain(&page, "undo         mailban unban ADDRESS; for good: mailban allow ADDRESS");
}

/* An entered account comes first, since people read half of a subject. */
void night_subject(const struct night *n, struct buf *out)
{
	const struct change *first = n->changes->count > 0 && n->changes->all[0].kind <= CHANGE_ENTERED ?
		&n->changes->all[0] : NULL;
	size_t needs = night_needs(n), others = needs - (first != NULL);
	const struct field fields[] = {
		field_word("host", n->host), field_word("user", first != NULL ? first->user : ""),
		field_word("how", first != NULL && first->kind == CHANGE_ENTERED ? "may be entered" : "was ENTERED"),
		field_number("bans", night_bans(n)), field_number("banned", n->banned), field_number("others", others),
		field_bool("none", needs == 0), field_end(),
	};

	fields_say_utf8(fields, "mailban {host}: ", out);
	if (first != NULL)
		fields_say_utf8(fields, "{user.60} {how}; ", out);
	fields_say_utf8(fields, "{bans|new ban|new bans}, {banned} in all[; nothing needs you{none}]", out);
	if (others > 0)
		fields_say_utf8(fields, first != NULL ? "; {others|more thing needs you|more things need you}" :
			   others == 1 ? "; something needs you" : "; {others} things need you", out);
}
