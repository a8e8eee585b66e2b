/* context.c: the table of context words. */
#include "context.h"

#include <string.h>

static const struct {
    uint32_t bits;
    const char *words;
} lists[] = {
    { CONTEXT_PHONE,
      "phone telephone telephones phones tel call calls calling dial mobile cell cellphone fax "
      "whatsapp sms text texting reach ring hotline landline handy telefon telefonnummer "
      "handynummer "
      "rufnummer telefono movil celular telemovel telefone cellulare telefoon gsm komorka numer "
      "telefonu portable mobil anrufen phoned viber signal contact contacted voicemail messages "
      "anruf ruckruf zuruckrufen appeler appelez appelle rappeler joindre llamar llame llamada "
      "devolver chiamare chiami chiamata richiamare bellen bel terugbellen dzwonic zadzwon "
      "oddzwonic ligue chamada registered liga ligar liguem telefonar telefona telefonare llamarme "
      "dzwonil telefonicznie" },
    { CONTEXT_CARD,
      "card cards cc credit debit visa mastercard amex maestro karte kreditkarte carte tarjeta "
      "carta creditcard karta cartao kartennummer" },
    { CONTEXT_SSN, "ssn ssns itin social sozialversicherung" },
    { CONTEXT_LICENSE,
      "license licence licenses fuhrerschein permis permiso patente rijbewijs prawo carta" },
    { CONTEXT_DRIVER, "driver drivers driving dl fuhrerschein fuhrerscheinnummer rijbewijs "
                      "rijbewijsnummer permis" },
    { CONTEXT_PASSPORT,
      "passport passports pass reisepass reisepassnummer passeport pasaporte passaporto "
      "paspoort paszport paszportu passaporte ausweis personalausweis ausweisnummer" },
    { CONTEXT_MEDICAL,
      "mrn medical patient patients hospital health medicare medicaid versichertennummer "
      "krankenversicherung beneficiary insurance krankenkasse npi prescription rx" },
    { CONTEXT_NPI, "npi provider" },
    { CONTEXT_TAX,
      "tax tin steuer steuernummer steueridentifikationsnummer idnr steuerid nif nie dni cpf pesel "
      "bsn "
      "burgerservicenummer nir insee codice fiscale sofinummer nino national insurance "
      "contribuinte identidad identite securite sociale secu fiscal fiscale id nip" },
    { CONTEXT_ZIP, "zip zipcode postcode postal plz postleitzahl cap cp" },
    { CONTEXT_ACCOUNT,
      "account accounts acct konto kontonummer compte cuenta conto rekening rekeningnummer "
      "konta conta routing aba sort customer client kundennummer kunde policy contract case "
      "reference member membership loyalty record" },
    { CONTEXT_PERSONNEL,
      "employee personnel staff personalnummer mitarbeiternummer matricule badge student "
      "matrikelnummer payroll" },
    { CONTEXT_VEHICLE,
      "vin plate plates kennzeichen immatriculation matricula targa kenteken rejestracyjny "
      "rejestracyjne registration rejestracja "
      "rejestracji vehicle nummernschild chassis plaque" },
    { CONTEXT_DEVICE, "imei serial seriennummer imsi meid iccid udid device" },
    { CONTEXT_SECRET,
      "password passwort passwd pwd passphrase passcode pin pincode token apikey secret "
      "kennwort contrasena motdepasse passe wachtwoord haslo senha key" },
    { CONTEXT_VERSION,
      "version versions v ver release build revision kernel firmware section chapter "
      "paragraph clause article isbn issn rfc page pages figure table iso port ports" },
    { CONTEXT_UNIT,
      "eur euro euros usd dollar dollars cents gbp pounds chf pln zl zloty yen jpy sek nok dkk "
      "percent prozent "
      "km kg mb gb kb tb ms mm cm hours hour hrs h min mins minutes minute seconds days day weeks "
      "months "
      "people employees users items pieces units rows lines files tests requests tokens bytes "
      "miles feet ft lbs points stunden tage heures jours horas ore uur godzin times million "
      "billion "
      "thousand k m bn mio mrd votes steps pixels px rpm watts kwh degrees" },
    { CONTEXT_NUMBER, "number numbers no nr num nummer numero id ids n code numer identifier" },
    { CONTEXT_WEEKDAY,
      "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch "
      "donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche "
      "lunes martes miercoles jueves viernes domingo lunedi martedi mercoledi giovedi venerdi "
      "sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag" },
    { CONTEXT_AGE,
      "age aged turn turned turns turning alter alt age edad eta leeftijd wiek idade" },
    { CONTEXT_YEARS, "year years yr yrs jahre jahren ans anos anni jaar lat lata y yo" },
    { CONTEXT_OLD, "old alt oud o age edad eta idade" },
    { CONTEXT_BORN,
      "born birth birthday birthdate dob geboren geburtsdatum geburtstag naissance ne nee "
      "nacimiento nacido nacida nascita nato nata geboortedatum urodzenia nascimento died" },
    { CONTEXT_HAVE, "ai as a avait aura tengo tiene tienes tenia ho ha hai aveva mam masz ma mial "
                    "tenho tem tens tinha" },
    { CONTEXT_RECORD,
      "invoice ticket order issue quote rechnung auftrag bestellung angebot facture commande devis "
      "factura pedido fattura ordine factuur bestelling faktura zamowienie fatura encomenda" },
    { CONTEXT_SEASON, "year summer spring fall autumn winter class end beginning start sommer" },
};

enum { SLOTS = 1024 };

struct context {
    uint64_t hashes[SLOTS];
    uint32_t bits[SLOTS];
};

static size_t slot_of(const struct context *c, uint64_t hash)
{
    size_t i = hash >> 7 & (SLOTS - 1);
    while (c->hashes[i] && c->hashes[i] != hash)
        i = (i + 1) & (SLOTS - 1);
    return i;
}

const struct context *context_new(struct arena *a)
{
    struct context *c = arena_new(a, struct context);
    for (size_t i = 0; i < LENGTH(lists); i++)
        for (const char *w = lists[i].words; *w;) {
            size_t n = strcspn(w, " ");
            uint64_t hash = word_hash(w, n);
            size_t slot = slot_of(c, hash);
            c->hashes[slot] = hash;
            c->bits[slot] |= lists[i].bits;
            w += n + strspn(w + n, " ");
        }
    return c;
}

uint32_t context_look(const struct context *c, uint64_t hash)
{
    return c->bits[slot_of(c, hash)];
}

uint32_t context_before(const struct context *c, const struct words *words, size_t i, size_t reach)
{
    uint32_t bits = 0;
    size_t lines = 0,
           least = i > 4 * reach ? i - 4 * reach : 0; /* signs and numbers between, too */
    for (; i > least && reach > 0; i--) {
        const struct word *w = &words->at[i - 1];
        lines += w->class == WORD_NEWLINE;
        if (lines > 1)
            break;
        if (w->class != WORD_LETTERS)
            continue;
        bits |= context_look(c, w->hash);
        reach--;
    }
    return bits;
}
