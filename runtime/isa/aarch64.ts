// Instruction sets of AArch64 beyond Armv8.0-A, known by mnemonics and registers as objdump of binutils writes them.
import type { InstructionRow, InstructionTable } from './instruction-table.ts';

/** Letters of shapes: z a scalable vector, p a predicate, t a tile, h a vector of halves, d doublewords of a polynomial. */
const shapes: InstructionTable['shapes'] = [
    ['z', /\bz\d+(?:\.[bhsdq]|\b)/],
    ['p', /\bp\d+(?:\.[bhsd]|\/[mz])/],
    ['t', /\bza\d*/],
    ['d', /\.1q\b/],
    ['h', /\bv\d+\.[48]h\b|\bh\d+\b/],
];

const row = (set: string, mnemonic: RegExp, operands?: RegExp): InstructionRow => ({
    sets: [set],
    mnemonic,
    ...(operands === undefined ? {} : { operands }),
});

const ordered = '(?:a|l|al)?[bh]?';

const rows: readonly InstructionRow[] = [
    row('bti', /^bti$/),
    row('pac-hint', /^(?:pac|aut)i[ab](?:sp|z|1716)$|^xpaclri$|^pacm$/),
    row('pauth', /^(?:pac|aut)(?:[id]z?[ab]|ga)$|^reta[ab]\w*$|^b(?:l?r)a[ab]z?$|^ereta[ab]$|^ldra[ab]$|^xpac[id]$/),
    row('sme', /^(?:smstart|smstop|zero|fmopa|fmops|[su]mopa|[su]mops)$/),
    row('sme', /./, /t/),
    row('sve', /./, /[zp]/),
    row('sve', /^(?:cnt[bhwd]|inc[bhwd]|dec[bhwd]|rdvl|addvl|addpl|rdffr|setffr|wrffr)$/),
    row(
        'lse',
        new RegExp(
            `^(?:casp?${ordered}|swp${ordered}|ld(?:add|clr|eor|set|smax|smin|umax|umin)${ordered}|st(?:add|clr|eor|set|smax|smin|umax|umin)l?[bh]?)$`,
        ),
    ),
    row('crc', /^crc32c?[bhwx]$/),
    row('aes', /^aes(?:e|d|mc|imc)$/),
    row('aes', /^pmull2?$/, /d/),
    row('sha2', /^sha(?:1|256)\w+$/),
    row('sha512', /^sha512\w+$/),
    row('sha3', /^(?:eor3|bcax|rax1|xar)$/),
    row('sm4', /^sm[34]\w+$/),
    row('rdm', /^sqrdml[as]h$/),
    row('dotprod', /^[su]dot$/),
    row('i8mm', /^(?:usdot|sudot|[su]mmla|usmmla)$/),
    row('bf16', /^bf\w+$|^bfcvtn?2?$/),
    row('fcma', /^fc(?:mla|add)$/),
    row('jscvt', /^fjcvtzs$/),
    row('frintts', /^frint(?:32|64)[xz]$/),
    row('rcpc', /^ldaprb?h?$|^(?:ldapur|stlur)\w*$/),
    row('flagm', /^(?:cfinv|setf(?:8|16)|rmif|axflag|xaflag)$/),
    row('sb', /^sb$/),
    row('memtag', /^(?:irg|gmi|subps?|addg|subg|ldg|ldgm|st2?g|stz2?g|stgp|stgm|stzgm)$/),
    row('mops', /^(?:cpyf?|set)g?[pme](?:[rw]?t?n?)*$/),
    row('fp16', /^f(?!cvt|mov|ml[as]l2?$)\w+$|^[us]cvtf$/, /h/),
    row('fp16', /^fcvt[anmpz][su]$/, /h/),
];

export const aarch64: InstructionTable = {
    shapes,
    prefix: /^$/,
    remark: '//',
    rows,
    harmless: {
        bti: 'a NOP where a processor does not know it',
        'pac-hint': 'a NOP where a processor does not know it',
    },
};
