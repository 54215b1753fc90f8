import{a as u}from"./part-CR7ISZZP.js";import{a as m}from"./part-UNH4OB5A.js";import{G as l,H as $,b as p,f as c,j as a}from"./part-24ZBOSAH.js";var g=["M0 40C220 40 260 160 560 160","M0 160H560","M0 280C220 280 260 160 560 160"];function C({title:s,note:e,onSubmit:n,children:i}){return a`<main class="gate" id="main">
    <svg class="gate-flow" viewBox="0 0 560 320" aria-hidden="true">
      ${g.map(t=>a`<g class="edge edge--calm"><path class="edge-bed" stroke-width="5" d=${t} /><path class="edge-flow" stroke-width="2" d=${t} /></g>`)}
    </svg>
    <form class="gate-card" onSubmit=${n} novalidate>
      <span class="brand"><${u} />dagd</span>
      <header class="gate-head"><h1>${s}</h1>${e&&a`<p>${e}</p>`}</header>
      ${i}
      <footer class="gate-foot"><span>${location.host}</span></footer>
    </form>
  </main>`}function I({label:s,value:e,onInput:n,autocomplete:i,help:t,problem:r}){let d=c(),[o,f]=p(!1);return a`<${m} label=${s} help=${t} problem=${r} for=${d}>
    <span class="password">
      <input
        id=${d}
        class="input"
        type=${o?"text":"password"}
        value=${e}
        autocomplete=${i}
        autocapitalize="none"
        spellcheck="false"
        aria-invalid=${r?"true":void 0}
        aria-describedby=${r||t?`${d}-help`:void 0}
        onInput=${h=>n(h.target.value)}
      />
      <button class="button button--quiet button--icon" type="button" aria-label=${o?l.login.hide:l.login.show} onClick=${()=>f(!o)}>
        <${$} name=${o?"hide":"eye"} />
      </button>
    </span>
  <//>`}export{C as a,I as b};
