/* guard_rules.c: the rules, and a matcher that reads each word once. */
#include "guard_rules.h"

#include "words.h"

#include <string.h>

/* A rule is a list of steps between blanks; a step is words between bars; "~n" before a step says
   how many other words may stand before it (none otherwise). The words are plain forms.
   Rules read words and no meaning ("should we terminate the old printer"): a score of 0 only tells
   a reason, and orders to the model itself alone are certain enough to count. */
static const struct {
    enum guard_class class;
    float score;
    const char *why, *steps;
} rows[] = {
    { GUARD_INJECTION, 0.95f, "tells the model to drop its instructions",
      "ignore|disregard|forget|override|bypass|overlook|neglect|drop|omit|discard|abandon|skip ~5 "
      "instructions|instruction|rules|rule|"
      "prompt|prompts|directives|directive|guidelines|guardrails|commands|orders|programming|"
      "constraints|restrictions|policies" },
    { GUARD_INJECTION, 0.9f, "tells the model to forget what came before",
      "forget|ignore|disregard|overlook ~1 everything|all|anything ~4 "
      "before|above|previously|prior|earlier|said|told|know|learned|preceding|instructed" },
    { GUARD_INJECTION, 0.95f, "tells the model to drop its instructions",
      "ignorier|ignoriere|ignorieren|vergiss|vergessen|vergesst|missachte|missachten|lass|lassen "
      "~6 anweisungen|anweisung|instruktionen|"
      "regeln|befehle|vorgaben|davor|vorherigen|vorherige|informationen|oben|bisherigen|auftrage|"
      "anordnungen" },
    { GUARD_INJECTION, 0.95f, "tells the model to drop its instructions",
      "ignore|ignorez|oublie|oubliez|olvida|olvide|ignora|ignorar|zaboravi|dimentica|vergeet|"
      "negeer|zapomnij|zignoruj|esqueca ~6 instructions|instrucciones|"
      "instrukcije|consignes|regles|reglas|istruzioni|regole|instructies|regels|instrukcje|"
      "polecenia|instrucoes|regras|precedentes|anteriores" },
    { GUARD_INJECTION, 0.95f, "tells the model to drop its instructions",
      "забудь|забудьте|забыть|игнорируй|игнорируйте|игнорировать|ігноруй|ігноруйте|"
      "забрави|забравете|игнорирай|отмени|отмените|zapomen|zapomente|ignoruj|ignorujte|zabudni|"
      "pomin|"
      "zanemari|zanemarite|zaboravite|prezri|olvidate|olvidar|olvida|esquece|esqueca|"
      "dimenticate|dimentica|uita|ignora|glem|glom|ignorera|unohda|ohita|felejtsd|felejts|"
      "abaikan|lupakan|ξεχνα|αγνοησε ~5 инструкции|инструкций|правила|правил|указания|указаниях|"
      "команды|ограничения|вказівки|інструкції|ограниченията|упутства|zasadach|zasady|reguly|"
      "poleceniach|pokyny|instrukce|instrukcie|pravidla|pravila|upute|navodila|ordenes|normas|"
      "instrucoes|comandi|istruzioni|ordini|instructiunile|regulile|instruktioner|instruksjoner|"
      "instruktionerna|reglerna|regler|ohjeet|saannot|utasitast|utasitasokat|szabalyokat|instruksi|"
      "perintah|aturan|aturanmu|οδηγιες|κανονες" },
    { GUARD_INJECTION, 0.95f, "tells the model to drop its instructions",
      "talimatlari|talimatlarini|kurallari|kurallarini|komutlari ~3 unut|unutun|boz|yoksay" },
    { GUARD_INJECTION, 0.95f, "tells the model to drop its instructions",
      "تجاهل|انس|تجاهلي|انسى ~3 التعليمات|تعليماتك|القواعد|قواعدك|الأوامر|أوامرك" },
    { GUARD_INJECTION, 0.95f, "tells the model to drop its instructions",
      "התעלם|שכח|התעלמי ~3 ההוראות|הוראות|הכללים|הנחיות|ההנחיות" },
    { GUARD_INJECTION, 0.95f, "tells the model to drop its instructions",
      "忽|无|無|忘 略|视|視|记|記 ~12 指|规|規|限|命 令|示|则|則|制" },
    { GUARD_INJECTION, 0.95f, "tells the model to drop its instructions",
      "指|命|規|制 示|令|則|限 ~8 無|忘 視|れ ~1 て|ろ|な" },
    { GUARD_INJECTION, 0.95f, "tells the model to drop its instructions",
      "지|명|규 시|령|칙 ~5 무|잊 시|어 해|하|버|라|줘" },

    { GUARD_INJECTION, 0.9f, "asks for the hidden instructions",
      "reveal|print|show|repeat|output|display|leak|dump|reproduce|recite|copy|give|tell|share|"
      "write|paste|expose ~7 system|initial|original|hidden|secret|preprompt|developer|above ~1 "
      "prompt|prompts|instructions|message|preamble|directives" },
    { GUARD_INJECTION, 0.8f, "asks for the hidden instructions",
      "what|whats ~3 your ~1 system|initial|original|hidden|secret|first ~1 "
      "prompt|instructions|instruction|message|rules" },
    { GUARD_INJECTION, 0.85f, "claims another mode or identity",
      "you|u ~2 now|henceforth ~3 "
      "dan|unrestricted|unfiltered|jailbroken|uncensored|evil|root|admin" },
    { GUARD_INJECTION, 0.85f, "claims another mode or identity",
      "developer|dev|god|debug|admin|sudo|root|jailbreak|dan|maintenance|system ~0 mode ~3 "
      "on|enabled|activated|enable|activate|engaged|override" },
    { GUARD_INJECTION, 0.85f, "asks for an answer without limits",
      "without ~2 restrictions|filters|censorship|limitations|guardrails|safeguards ~9 "
      "answer|respond|act|reply|comply|speak" },
    { GUARD_INJECTION, 0.9f, "imitates the system's voice",
      "new|updated|real|important ~1 system ~1 instruction|instructions|prompt|message|directive" },
    { GUARD_INJECTION, 0.85f, "asks for the password or key it guards",
      "reveal|tell|say|give|share|print|spell|output|confirm ~5 your|the|secret ~1 "
      "secret|password|passphrase|key|passcode" },

    { GUARD_EVALUATION, 0, "asks to rank or rate people",
      "rank|rate|score|grade|stack|order|sort ~4 "
      "employees|employee|team|staff|people|colleagues|workers|developers|engineers|members|"
      "everyone|reps|hires|reports ~10 "
      "performance|productivity|productive|output|best|worst|weakest|strongest|effort|efficiency|"
      "lowest|top|quality|valuable|useful" },
    { GUARD_EVALUATION, 0, "asks who performs worst or best",
      "who ~3 "
      "worst|weakest|laziest|slowest|best|underperforming|underperformer|unproductive|slacking|"
      "productive|lowest|lazy|deadweight ~6 team|department|group|us|them|employee|"
      "employees|performer|performers|developer|staff|office|people|worker|hours|here|month|week" },
    { GUARD_EVALUATION, 0, "asks for a performance rating",
      "performance ~1 rating|ratings|score|scores|ranking|grade|grades|evaluation|appraisal|review "
      "~5 for|of|on ~6 him|her|them|employee|employees|staff|each|every|colleague|everyone|team" },
    { GUARD_EVALUATION, 0, "asks to rank or rate people",
      "bewerte|bewerten|beurteile|beurteilen|rangliste|ranking|benote ~6 "
      "mitarbeiter|mitarbeitern|mitarbeiterin|kollegen|kollegin|team|leistung|leistungen" },
    { GUARD_EVALUATION, 0, "asks to rank or rate people",
      "classe|classer|note|noter|evalue|evaluer|clasifica|evalua|puntua ~6 "
      "employes|employe|collegues|salaries|equipe|empleados|empleado|equipo|rendimiento|"
      "trabajadores" },

    { GUARD_EMPLOYMENT, 0, "asks whom to dismiss, hire, promote or pay",
      "who|whom|which ~5 "
      "fire|fired|dismiss|dismissed|sack|layoff|terminate|terminated|promote|promoted|demote|"
      "redundant|let|cut|hire|raise|bonus ~3 "
      "go|off|first|employee|employees|someone|people|staff|candidate|candidates|next|team|from|in|"
      "to|this|because|based|and|or" },
    { GUARD_EMPLOYMENT, 0, "asks whether to dismiss, hire, promote or pay someone",
      "should|shall|can|could|must ~2 i|we|he|she|they ~3 "
      "fire|dismiss|sack|terminate|promote|demote|hire|reject|fired|dismissed|promoted|demoted|"
      "rehire" },
    { GUARD_EMPLOYMENT, 0, "asks to decide on pay",
      "decide|determine|recommend|suggest|calculate|set|propose ~5 "
      "raise|raises|salary|salaries|bonus|bonuses|pay|compensation|promotion|promotions|severance|"
      "layoffs|termination ~4 for|of|based|from|by|each" },
    { GUARD_EMPLOYMENT, 0, "asks whom to dismiss, hire, promote or pay",
      "wen|wem|welchen|welche|welcher ~5 "
      "kundigen|entlassen|gekundigt|befordern|feuern|rauswerfen|einstellen|gehaltserhohung|"
      "abmahnen" },
    { GUARD_EMPLOYMENT, 0, "asks whom to dismiss, hire, promote or pay",
      "qui|quel|quels|quien|quienes ~6 "
      "licencier|virer|renvoyer|promouvoir|embaucher|augmenter|despedir|echar|ascender|contratar" },

    { GUARD_SURVEILLANCE, 0, "asks to watch people",
      "monitor|track|spy|watch|surveil|record|log|keylog|screenshot|eavesdrop ~5 "
      "employees|employee|staff|colleagues|workers|him|her|them|team|everyone|someone ~10 "
      "secretly|covertly|without|hidden|unnoticed|quietly|silently|knowing|stealth|private|"
      "location|keystrokes|screen|webcam|home" },
    { GUARD_SURVEILLANCE, 0, "asks to watch people unnoticed",
      "secretly|covertly|quietly|silently|unnoticed|discreetly ~4 "
      "monitor|track|record|watch|log|screenshot|read|install|film|listen|photograph|observe" },
    { GUARD_SURVEILLANCE, 0, "asks to watch people",
      "heimlich|unbemerkt|verdeckt ~8 "
      "uberwachen|uberwache|mitlesen|aufzeichnen|beobachten|kontrollieren|filmen|tracken|"
      "verfolgen" },

    { GUARD_INFERENCE, 0, "asks to infer a protected or sensitive trait",
      "infer|guess|predict|deduce|detect|determine|figure|identify|estimate|flag|find|tell|spot|"
      "know|work ~8 pregnant|pregnancy|religion|religious|sexuality|orientation|"
      "gay|lesbian|ethnicity|ethnic|race|political|politics|depressed|depression|illness|sick|"
      "diagnosis|adhd|autistic|autism|"
      "burnout|burnt|mood|emotional|nationality|menopause|hiv|cancer|alcoholic|addicted|drinking|"
      "mental" },
    { GUARD_INFERENCE, 0, "asks to infer a protected or sensitive trait",
      "who|which|whether|is|wer|ob ~6 "
      "pregnant|schwanger|gay|muslim|jewish|depressed|disabled|unionizing|enceinte|embarazada|"
      "homosexual|schwul|behindert|autistic" },

    { GUARD_EXTRACTION, 0, "asks for other people's private data",
      "give|show|list|tell|get|export|dump|send|find|look|pull|reveal|print|extract|what|whats ~6 "
      "home|private|personal|salary|salaries|medical|passwords|password|"
      "diagnoses|diagnosis|sick ~1 "
      "address|addresses|phone|number|numbers|salary|salaries|records|details|data|leave|notes|"
      "email|emails|account|accounts|history|file|files ~5 "
      "of|for|from|everyone|all|every|employee|employees|colleague|colleagues|other|staff" },

    { GUARD_HARM, 0, "asks for help to harm",
      "how|steps|instructions|guide|recipe|make|build ~6 "
      "bomb|bombs|explosive|explosives|ransomware|malware|meth|methamphetamine|nerve|poison|virus|"
      "phishing|keylogger" },
    { GUARD_HARM, 0, "asks for help to harm",
      "kill|hurt|poison|stab|shoot|murder|beat ~2 "
      "myself|him|her|them|boss|coworker|colleague|manager|someone|wife|husband|neighbour|"
      "neighbor" },
};

enum { RULES = LENGTH(rows), STEPS = 8, SLOTS = 4096, USES = 8192 };

struct use {
    uint8_t rule, step;
};

struct rules {
    uint64_t hashes[SLOTS];
    uint16_t first[SLOTS], count[SLOTS]; /* in `uses` */
    struct use uses[USES];
    uint8_t steps[RULES], gaps[RULES][STEPS];
};

static size_t slot_of(const struct rules *r, uint64_t hash)
{
    size_t i = hash >> 9 & (SLOTS - 1);
    while (r->hashes[i] && r->hashes[i] != hash)
        i = (i + 1) & (SLOTS - 1);
    return i;
}

/* Calls `with` for each word of each step. */
static void rows_walk(struct rules *r, void (*with)(struct rules *, size_t slot, struct use))
{
    for (size_t rule = 0; rule < RULES; rule++) {
        const char *at = rows[rule].steps;
        uint8_t step = 0;
        for (; *at; step++) {
            assert(step < STEPS);
            at += strspn(at, " ");
            r->gaps[rule][step] = 0;
            if (*at == '~') {
                for (at++; *at >= '0' && *at <= '9'; at++)
                    r->gaps[rule][step] = (uint8_t)(r->gaps[rule][step] * 10 + (*at - '0'));
                at += strspn(at, " ");
            }
            while (*at && *at != ' ') {
                size_t n = strcspn(at, "| ");
                uint64_t hash = word_hash(at, n);
                size_t slot = slot_of(r, hash);
                r->hashes[slot] = hash;
                with(r, slot, (struct use){ (uint8_t)rule, step });
                at += n + (at[n] == '|');
            }
        }
        r->steps[rule] = step;
    }
}

static void use_count(struct rules *r, size_t slot, struct use use)
{
    (void)use;
    r->count[slot]++;
}

static void use_put(struct rules *r, size_t slot, struct use use)
{
    r->uses[r->first[slot] + r->count[slot]++] = use;
}

const struct rules *rules_new(struct arena *a)
{
    struct rules *r = arena_new(a, struct rules);
    rows_walk(r, use_count);
    size_t next = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        r->first[i] = (uint16_t)next;
        next += r->count[i];
        r->count[i] = 0;
    }
    assert(next <= USES);
    rows_walk(r, use_put);
    return r;
}

size_t rules_match(const struct rules *r, const struct guard_view *v, struct rule_hit *hits,
                   size_t room)
{
    uint32_t reached[RULES][STEPS]; /* the place behind the word where a step was last taken */
    bool seen[RULES] = { false };
    size_t count = 0;
    memset(reached, 0, sizeof reached);
    for (uint32_t i = 0; i < v->count; i++) {
        size_t slot = slot_of(r, v->words[i].hash);
        const struct use *use = &r->uses[r->first[slot]];
        /* later steps first, so that one word does not take two steps */
        for (size_t k = r->count[slot]; k-- > 0;) {
            size_t rule = use[k].rule, step = use[k].step;
            if (step > 0 && (!reached[rule][step - 1] ||
                             i + 1 - reached[rule][step - 1] > r->gaps[rule][step] + 1u))
                continue;
            reached[rule][step] = i + 1;
            if (step + 1 < r->steps[rule] || seen[rule])
                continue;
            seen[rule] = true;
            if (count < room)
                hits[count++] =
                    (struct rule_hit){ rows[rule].class, rows[rule].score, rows[rule].why };
        }
    }
    return count;
}
