// Instruction sets of x86, known by mnemonics and registers in AT&T syntax as objdump of binutils writes it.
import type { InstructionRow, InstructionTable } from './instruction-table.ts';

/** Letters of shapes: g is a general register that comes first, z y x m are %zmm %ymm %xmm %mm, h is a register from 16 on, k a mask, e what only EVEX can say, M memory. */
const shapes: InstructionTable['shapes'] = [
    ['v', /^\{vex\d?\}/],
    ['g', /^%(?![xyz]?mm|k\d|st|[cdefgs]s:)/],
    ['z', /%zmm/],
    ['h', /%[xy]mm(?:1[6-9]|2\d|3[01])/],
    ['k', /%k[0-7]/],
    ['e', /\{(?:1to\d+|r[nduz]-sae|sae|z)\}/],
    ['t', /%tmm/],
    ['y', /%ymm/],
    ['x', /%xmm/],
    ['m', /%mm[0-7]/],
    ['b', /%bnd/],
    ['M', /\(|(?:^|,)0x/],
];

const row = (set: string, mnemonic: RegExp, operands?: RegExp): InstructionRow => ({
    sets: set.split(' '),
    mnemonic,
    ...(operands === undefined ? {} : { operands }),
});

const evexOnly = [
    /vmovdq[au](?:8|16|32|64)/,
    /vp(?:and|andn|or|xor)[dq]/,
    /vpternlog[dq]|vpabsq|vp(?:max|min)[su]q|vpmullq|vpsraq|vpsravq|vps(?:ll|rl|ra)vw/,
    /vpro[lr]v?[dq]|vperm[it]2\w+|vperm[bw]|valign[dq]/,
    /vp?(?:compress|expand)(?:[bwdq]|p[sd])|vpconflict[dq]|vplzcnt[dq]|vpopcnt[bwdq]/,
    /vpmov(?:us|s)?(?:wb|db|dw|qb|qw|qd)|vpmov[bwdq]2m|vpmovm2[bwdq]|vpbroadcastm\w+/,
    /v(?:getexp|getmant|rndscale|scalef|range|reduce|fixupimm|fpclass)(?:[ps][sdh])[xyz]?/,
    /v(?:rcp14|rsqrt14|rcp28|rsqrt28|exp2)[ps][sd]/,
    /vcvtt?p[sdh]2u?qq[xyz]?|vcvtt?p[sdh]2udq[xyz]?|vcvtu?qq2p[sdh][xyz]?|vcvtudq2p[sdh]|vcvtusi2s[sdh][lq]?|vcvtt?s[sdh]2usi/,
    /v(?:broadcast|extract|insert)[fi](?:32|64)x[248]|vshuf[fi](?:32x4|64x2)/,
    /vdbpsadbw|vpmultishiftqb|vpmadd52[lh]uq|vpdp(?:bus|wss)ds?|vpsh[lr]dv?[wdq]|vpshufbitqmb|vp2intersect[dq]/,
    /vp?blendm(?:[bwdq]|p[sd])|vpn?testn?m[bwdq]|vp?scatter\w+|vcvtne2?ps2bf16|vdpbf16ps/,
    /v(?!cvtph2ps)\w*(?:ph|sh)|vcvt\w*(?:ph|sh)2\w+|v4fn?madd[ps]s|vp4dpwssds?/,
];

const compared = '(?:eq|lt|le|unord|neq|nlt|nle|ord)?';

const rows: readonly InstructionRow[] = [
    row('endbr', /^endbr(?:32|64)$/),
    row('pause', /^pause$/),
    row('tzcnt', /^tzcnt[wlq]?$/),
    row('nopl', /^nop[wlq]$/),
    row('nopl', /^nop$/, /[gM]/),
    row('amx', /^(?:tile\w+|tdp\w+|tcmm\w+|ldtilecfg|sttilecfg)$/),
    row('amx', /./, /t/),
    row('avx-vnni', /^vpdp/, /v/),
    row('avx-ifma', /^vpmadd52/, /v/),
    row('f16c', /^vcvt(?:ph2ps|ps2ph)$/, /^[^zhke]*$/),
    row('avx512', /^(?:v|k)/, /[zhke]/),
    row('avx512', new RegExp(`^(?:${evexOnly.map(({ source }) => source).join('|')})$`)),
    row('avx512', /^vpbroadcast[bwdq]$/, /g/),
    row('fma', /^vfn?m(?:add|sub|addsub|subadd)(?:132|213|231)[ps][sd]$/),
    row('fma4', /^vfn?m(?:add|sub|addsub|subadd)[ps][sd]$/),
    row(
        'xop',
        /^v(?:pcmov|pperm|prot[bwdq]|psh[al][bwdq]|pcom\w*u?[bwdq]|ph(?:add|sub)u?(?:bw|bd|bq|wd|wq|dq)|pmac\w+|pmadcs\w+|frcz[ps][sd]|permil2p[sd])$/,
    ),
    row('vaes', /^vaes/, /y/),
    row('vpclmulqdq', /^vpclmul/, /y/),
    row('aes avx', /^vaes/),
    row('pclmul avx', /^vpclmul/),
    row('gfni avx', /^vgf2p8/),
    row('sha512', /^vsha512/),
    row('sm3', /^vsm3/),
    row('sm4', /^vsm4/),
    row(
        'avx2',
        /^(?:vpbroadcast[bwdq]|vp?gather[dq](?:[dq]|p[sd])|vperm(?:d|ps|q|pd)|v(?:insert|extract|broadcast)i128|vperm2i128|vpblendd|vps[lr]lv[dq]|vpsravd|vpmaskmov[dq])$/,
    ),
    row('avx2', /^vbroadcasts[sd]$/, /^[^M]*$/),
    row('avx2', /^(?:vp(?!ermilp|erm2f128|test)\w+|vmpsadbw|vmovntdqa)$/, /y/),
    row('avx', /^v/, /[xy]/),
    row('avx', /^(?:vzeroupper|vzeroall|vldmxcsr|vstmxcsr)$/),
    row('sha', /^sha(?:1|256)\w+$/),
    row('aes', /^aes(?:enc|dec|enclast|declast|imc|keygenassist)$/),
    row('keylocker', /^(?:aes(?:enc|dec)\w*\d+kl|loadiwkey|encodekey\d+)$/),
    row('pclmul', /^pclmul\w+$/),
    row('gfni', /^gf2p8\w+$/),
    row('sse4a', /^(?:extrq|insertq|movnts[sd])$/),
    row('sse4.2', /^(?:pcmp[ei]str[im][lq]?|pcmpgtq|crc32[bwlq]?)$/),
    row(
        'sse4.1',
        /^(?:blendv?p[sd]|pblendw|pblendvb|dpp[sd]|extractps|insertps|movntdqa|mpsadbw|packusdw|pcmpeqq|p(?:ex|in)(?:tr|sr)[bdq]|phminposuw|pm(?:ax|in)(?:sb|sd|ud|uw)|pmov[sz]x\w+|pmuldq|pmulld|ptest|round[ps][sd])$/,
    ),
    row('sse4.1', /^pextrw$/, /xM/),
    row('mmx ssse3', /^(?:pabs[bwd]|palignr|ph(?:add|sub)(?:w|d|sw)|pmaddubsw|pmulhrsw|pshufb|psign[bwd])$/, /m/),
    row('ssse3', /^(?:pabs[bwd]|palignr|ph(?:add|sub)(?:w|d|sw)|pmaddubsw|pmulhrsw|pshufb|psign[bwd])$/),
    row('sse3', /^(?:addsubp[sd]|h(?:add|sub)p[sd]|lddqu|movddup|movs[hl]dup|fisttp\w*|monitor|mwait)$/),
    row('mmx sse2', /^(?:paddq|psubq|pmuludq|movq2dq|movdq2q|cvtpi2pd|cvtt?pd2pi)$/, /m/),
    row(
        'mmx sse',
        /^(?:cvtpi2ps|cvtt?ps2pi|pavg[bw]|pextrw|pinsrw|pm(?:ax|in)(?:sw|ub)|pmovmskb|pmulhuw|psadbw|pshufw|maskmovq|movntq)$/,
        /m/,
    ),
    row('3dnow', /^(?:femms|pavgusb|pf\w+|pi2f[dw]|pmulhrw|pswapd)$/),
    row('prefetchw', /^prefetch(?:w|wt1)?$/),
    row('prefetchi', /^prefetchit[01]$/),
    row('mmx', /./, /m/),
    row('mmx', /^emms$/),
    row(
        'sse',
        new RegExp(
            `^(?:(?:add|div|max|min|mul|rcp|rsqrt|sqrt|sub|cmp${compared})[ps]s|and(?:n)?ps|orps|xorps|u?comiss|cvtsi2ss[lq]?|mov(?:aps|hlps|hps|lhps|lps|mskps|ntps|ss|ups)|shufps|unpck[hl]ps)$`,
        ),
        /x/,
    ),
    row('sse', /^(?:ldmxcsr|stmxcsr|prefetch(?:t[012]|nta)|sfence|cvtt?ss2si[lq]?)$/),
    row('sse2', /./, /x/),
    row('sse2', /^(?:movnti[lq]?|lfence|mfence|clflush|cvtt?sd2si[lq]?)$/),
    row('cmov', /^(?:cmov\w+|fcmov\w+|fu?comip?)$/),
    row('cx8', /^cmpxchg8b$/),
    row('cx16', /^cmpxchg16b$/),
    row('fxsr', /^fx(?:save|rstor)(?:64)?$/),
    row('sep', /^sys(?:enter|exit)[lq]?$/),
    row('popcnt', /^popcnt[wlq]?$/),
    row('lzcnt', /^lzcnt[wlq]?$/),
    row('movbe', /^movbe[wlq]?$/),
    row('tbm', /^(?:blcfill|blcic?|blcmsk|blcs|blsfill|blsic|t1mskc|tzmsk)$/),
    row('bmi1', /^(?:andn|bextr|blsi|blsmsk|blsr)[lq]?$/),
    row('bmi2', /^(?:bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx)[lq]?$/),
    row('adx', /^ad[co]x[lq]?$/),
    row('rdrand', /^rdrand[wlq]?$/),
    row('rdseed', /^rdseed[wlq]?$/),
    row('rdtscp', /^rdtscp$/),
    row('rdpid', /^rdpid[lq]?$/),
    row('xsave', /^(?:xsave\w*|xrstor\w*|xsetbv)$/),
    row('xgetbv', /^xgetbv$/),
    row('fsgsbase', /^(?:rd|wr)[fg]sbase[lq]?$/),
    row('rtm', /^(?:xbegin|xend|xabort|xtest)$/),
    row('mpx', /^bnd\w+$/, /b/),
    row('mpx', /^bnd(?:ldx|stx)$/),
    row('shstk', /^(?:rdssp[dq]|incssp[dq]|saveprevssp|rstorssp|wru?ss[dq]|setssbsy|clrssbsy)$/),
    row('pku', /^(?:rd|wr)pkru$/),
    row('clflushopt', /^clflushopt$/),
    row('clwb', /^clwb$/),
    row('cldemote', /^cldemote$/),
    row('waitpkg', /^(?:umonitor|umwait|tpause)$/),
    row('movdir', /^(?:movdiri|movdir64b)$/),
    row('ptwrite', /^ptwrite[lq]?$/),
    row('serialize', /^serialize$/),
    row('padlock', /^(?:xcrypt-\w+|xstore-\w+|xstore|montmul|xsha\w+)$/),
];

/** Intel 386 to Pentium, privileged instructions of any processor, the numeric coprocessor, and what 64-bit mode itself has. */
const stems = [
    'aa[adms]|ad[cd]|and|arpl|bound|bs[fr]|bswap|bt[crs]?|cmp|cmpxchg|daa|das|dec|i?div|i?mul|inc|lea|mov|movabs|neg|nop|not',
    'or|pop|push|rc[lr]|ro[lr]|sa[lr]|sbb|sh[lr]d?|sub|test|xadd|xchg|xor|call|i?ret|lret|lcall|l?jmp|enter|leave|in|ins|out|outs',
    'movs|cmps|scas|lods|stos|lar|lsl|l[defgs]s|lss|lmsw|smsw|s[gil]dt|l[gil]dt|str|ltr|ver[rw]|pushf|popf|pusha|popa|sysret',
];

const base = new RegExp(
    `^(?:${[
        `(?:${stems.join('|')})[bwlq]?`,
        'mov[sz][bwl][wlq]?|movsxd|cbtw|cwtl|cltq|cwtd|cltd|cqto|cl[cdi]|clts|cmc|cpuid|hlt|int[13o]?|inv(?:d|lpg|ept|vpid|pcid|lpga)|[ls]ahf',
        'loopn?e?(?:,p[nt])?|j(?:n?[abceglopsz]|n?[abgl]e|p[eo]|e?cxz|rcxz)(?:,p[nt])?|set(?:n?[abceglopsz]|n?[abgl]e|p[eo])',
        'st[cdi]|syscall|swapgs|ud[012][abwlq]?|wait|wbinvd|rsm|xlatb?|(?:rd|wr)msr|rdpmc|rdtsc',
        'f(?!emms|cmov|isttp|x)[a-z0-9]+(?:\\(\\S+)?|fxam|fxch|fxtract',
        'vm(?:call|clear|func|launch|resume|ptrld|ptrst|read|write|xoff|xon|run|load|save|mcall)[lq]?|getsec|clgi|stgi|skinit|enclsv?|enclu|clac|stac|wbnoinvd',
        'data16|\\.byte|repn?z?|lock|[cdefgs]s|rex(?:\\.\\w+)?|addr(?:16|32)',
    ].join('|')})$`,
);

export const x86: InstructionTable = {
    shapes,
    prefix: /^(?:lock|repn?z?|repnz|notrack|bnd|data16|data32|addr32|addr16|[cdefgs]s|xacquire|xrelease|rex(?:\.\w+)?|\{\w+\}|fwait)$/,
    remark: '#',
    rows,
    base,
    plain: /^(?!movq$|movs[dsl]?$|cmps[ds]?$|v|nop)/,
    harmless: {
        pause: 'older processors take it for `rep nop`',
        endbr: 'processors of 64 bits take it for a NOP where they do not know it',
        xgetbv: 'a question before others are used, asked where CPUID says that it can be',
        tzcnt: 'older processors take it for `bsf`, which compilers know: it gives the same for all but zero',
    },
};

/** With 32 bits there are processors without long NOPs, of which `endbr32` is one. */
export const i386: InstructionTable = {
    ...x86,
    harmless: Object.fromEntries(Object.entries(x86.harmless).filter(([name]) => name !== 'endbr')),
};
