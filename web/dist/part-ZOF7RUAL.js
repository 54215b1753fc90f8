import{G as o,H as p,j as s}from"./part-24ZBOSAH.js";function w({label:i,columns:r,items:n,keyOf:h,sort:b="",onSort:$,selected:e,onSelect:u,nameOf:g,rowClass:k,class:x=""}){let c=n.map(h),d=e?c.filter(t=>e.has(t)).length:0,f=t=>{let a=new Set(e);a.has(t)?a.delete(t):a.add(t),u?.(a)},y=()=>{let t=new Set(e);for(let a of c)d===c.length?t.delete(a):t.add(a);u?.(t)};return s`<div class="table-scroll" role="region" aria-label=${i} tabindex="0">
    <table class="table ${x}">
      <thead>
        <tr>
          ${e&&s`<th class="c-select">
            <input class="checkbox" type="checkbox" aria-label=${o.table.selectAll} checked=${d>0&&d===c.length} indeterminate=${d>0&&d<c.length} onChange=${y} />
          </th>`}
          ${r.map(t=>{let a=t.sort&&(b===t.sort||b===`-${t.sort}`),l=b===`-${t.sort}`;return s`<th class="c-${t.key} ${t.number?"number":""}" scope="col" aria-sort=${a?l?"descending":"ascending":void 0}>
              ${t.sort&&$?s`<button class="sort" type="button" onClick=${()=>$(b===t.sort?`-${t.sort}`:t.sort)}>
                    ${t.label}${a&&s`<${p} name=${l?"down":"up"} />`}
                  </button>`:t.label}
            </th>`})}
        </tr>
      </thead>
      <tbody>
        ${n.map(t=>{let a=h(t);return s`<tr key=${a} class="${e?.has(a)?"is-selected":""} ${k?.(t)??""}">
            ${e&&s`<td class="c-select"><input class="checkbox" type="checkbox" aria-label=${o.table.select(g?.(t)??a)} checked=${e.has(a)} onChange=${()=>f(a)} /></td>`}
            ${r.map(l=>s`<td class="c-${l.key} ${l.number?"number":""}" data-label=${l.bare?void 0:l.label||void 0}>${l.cell(t)}</td>`)}
          </tr>`})}
      </tbody>
    </table>
  </div>`}function A({total:i,limit:r,page:n,count:h,hasNext:b,onPage:$}){let e=i===0?0:n*r+1;return s`<nav class="pager" aria-label=${o.table.pages}>
    <span class="muted">${o.table.range(e,n*r+h,i)}</span>
    <span class="button-group">
      <button class="button button--small button--icon" type="button" aria-label=${o.table.previous} disabled=${n===0} onClick=${()=>$(n-1)}><${p} name="back" small /></button>
      <button class="button button--small button--icon" type="button" aria-label=${o.table.next} disabled=${!b} onClick=${()=>$(n+1)}><${p} name="next" small /></button>
    </span>
  </nav>`}export{w as a,A as b};
