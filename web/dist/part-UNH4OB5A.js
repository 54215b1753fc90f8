import{H as u,I as o,f as r,j as a}from"./part-24ZBOSAH.js";function p({label:t,help:$,problem:n,optional:l,for:e,children:s}){return a`<div class="field">
    <label for=${e}>${t}${l&&a` <span class="muted">${l}</span>`}</label>
    ${s}
    ${n?a`<p class="field-help field-help--problem" id=${`${e}-help`}><${o} name="failed" />${n}</p>`:$&&a`<p class="field-help" id=${`${e}-help`}>${$}</p>`}
  </div>`}function F({label:t,value:$,onInput:n,help:l,problem:e,type:s="text",optional:i,autocomplete:c="off",placeholder:f,mono:b,inputRef:h,inputMode:m,maxLength:v,disabled:x}){let d=r();return a`<${p} label=${t} help=${l} problem=${e} optional=${i} for=${d}>
    <input
      id=${d}
      ref=${h}
      class="input ${b?"mono":""}"
      type=${s}
      value=${$}
      autocomplete=${c}
      placeholder=${f}
      inputmode=${m}
      maxlength=${v}
      disabled=${x}
      spellcheck="false"
      autocapitalize="none"
      aria-invalid=${e?"true":void 0}
      aria-describedby=${e||l?`${d}-help`:void 0}
      onInput=${k=>n(k.target.value)}
    />
  <//>`}function S({label:t,value:$,onInput:n,help:l,problem:e,options:s,disabled:i}){let c=r();return a`<${p} label=${t} help=${l} problem=${e} for=${c}>
    <${g} id=${c} value=${$} onInput=${n} options=${s} disabled=${i} />
  <//>`}function g({id:t,value:$,onInput:n,options:l,label:e,auto:s,disabled:i}){return a`<span class="select-box ${s?"select-box--auto":""}">
    <select id=${t} class="select" aria-label=${e} disabled=${i} value=${$} onChange=${c=>n(c.target.value)}>
      ${l.map(c=>a`<option value=${c.value} selected=${c.value===$}>${c.label}</option>`)}
    </select>
    <${u} name="down" small />
  </span>`}function w({label:t,checked:$,onInput:n,help:l,disabled:e}){return a`<label class="check">
    <input class="checkbox" type="checkbox" checked=${$} disabled=${e} onChange=${s=>n(s.target.checked)} />
    <span>${t}${l&&a`<small>${l}</small>`}</span>
  </label>`}function z({label:t,value:$,options:n,onInput:l}){return a`<div class="segmented" role="group" aria-label=${t}>
    ${n.map(e=>a`<button type="button" aria-pressed=${e.value===$} onClick=${()=>l(e.value)}>
        ${e.label}${e.count!==void 0&&e.count!==null&&a`<span class="count">${e.count}</span>`}
      </button>`)}
  </div>`}function G({value:t,onInput:$,label:n,placeholder:l,inputRef:e,kbd:s}){return a`<label class="field-inline">
    <${u} name="search" />
    <input class="input" type="search" ref=${e} value=${t} placeholder=${l??n} aria-label=${n} onInput=${i=>$(i.target.value)} />
    ${s&&a`<kbd aria-hidden="true">${s}</kbd>`}
  </label>`}export{p as a,F as b,S as c,g as d,w as e,z as f,G as g};
