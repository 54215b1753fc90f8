import{H as u,b as p,c as m,d as b,f as h,j as n}from"./part-24ZBOSAH.js";function O({label:c,icon:i,items:y,small:k,quiet:w,right:g=!0,class:D="",children:l}){let[t,r]=p(!1),a=b(null),f=h();m(()=>{if(!t)return;let e=o=>{a.current?.contains(o.target)||r(!1)};return document.addEventListener("pointerdown",e),$()[0]?.focus(),()=>document.removeEventListener("pointerdown",e)},[t]);let $=()=>[...a.current?.querySelectorAll('[role^="menuitem"]')??[]],E=()=>{r(!1),a.current?.querySelector("button")?.focus()},x=e=>{let o=$(),s=o.indexOf(document.activeElement),d={ArrowDown:s+1,ArrowUp:s-1,Home:0,End:o.length-1}[e.key];e.key==="Escape"&&t?(e.stopPropagation(),e.preventDefault(),E()):e.key==="Tab"?r(!1):d!==void 0&&t?(e.preventDefault(),o[(d+o.length)%o.length]?.focus()):e.key==="ArrowDown"&&!t&&(e.preventDefault(),r(!0))},q=e=>o=>{if(e.reason){o.preventDefault();return}r(!1),e.run&&(a.current?.querySelector("button")?.focus(),e.run())};return n`<span class="menu ${D}" ref=${a} onKeyDown=${x}>
    <button
      class="button ${w?"button--quiet":""} ${k?"button--small":""} ${l?"":"button--icon"}"
      type="button"
      aria-haspopup="menu"
      aria-expanded=${t}
      aria-controls=${t?f:void 0}
      aria-label=${c}
      onClick=${()=>r(!t)}
    >
      ${i&&n`<${u} name=${i} />`}${l}
      ${l&&n`<${u} name="down" after />`}
    </button>
    ${t&&n`<ul class="menu-list ${g?"menu-list--right":""}" id=${f} role="menu" aria-label=${c}>
      ${y.map(e=>{let o=n`${e.icon?n`<${u} name=${e.icon} />`:n`<span class="icon"></span>`}<span class="menu-label">${e.label}${e.reason&&n`<small>${e.reason}</small>`}</span>${e.checked&&n`<${u} name="check" />`}`,s={role:e.checked===void 0?"menuitem":"menuitemradio","aria-checked":e.checked,"aria-disabled":e.reason?"true":void 0,tabIndex:-1,class:`menu-item ${e.danger?"menu-item--danger":""} ${e.line?"menu-item--line":""}`,onClick:q(e)};return n`<li role="none">
          ${e.href?n`<a ...${s} href=${e.href}>${o}</a>`:n`<button ...${s} type="button">${o}</button>`}
        </li>`})}
    </ul>`}
  </span>`}export{O as a};
