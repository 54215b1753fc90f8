import{b as B}from"./part-DMKYOPAE.js";import{a as _,b as j}from"./part-ZOF7RUAL.js";import{b as q,d as L,e as P}from"./part-XAVYYX3W.js";import{d as g,e as y}from"./part-E767UOL2.js";import{l as J,o as N}from"./part-IFAHUKXN.js";import{d as h,f as v}from"./part-TNF4UPQQ.js";import"./part-ZGRRZHDQ.js";import{D as T,G as m,H as r,b as u,c as C,j as l,o as E,p as D,q as A,r as $,s as f,x as O}from"./part-24ZBOSAH.js";var e=m.letters,F=50;function R({name:n}){let[o,G]=u([null]),[k,b]=u(new Set),[d,I]=u(""),a=o.length-1,c=L(()=>D($`/dags/${n}/dead-letters`+f({limit:F,cursor:o[a]})),[n,o[a]]),w=()=>{b(new Set),c.reload()},S=async s=>{try{let t=await A($`/dags/${n}/dead-letters/redrive`,{ids:s});h(e.redriven(t.count))}catch(t){v(e.notRedriven,t)}w()},x=(s,t)=>J(()=>l`<${N}
        title=${e.discardTitle(t)}
        detail=${e.discardDetail}
        action=${e.discard}
        run=${async()=>{try{let{body:p}=await E("DELETE",$`/dags/${n}/dead-letters`+f({ids:s==="all"?"all":s.join(",")}));h(e.discarded(p.count))}catch(p){v(e.notDiscarded,p)}w()}}
      />`),i=[...k];return C(()=>b(new Set),[o[a]]),l`<main id="main" class="page">
    <div class="page-head">
      <a class="crumb" href="/">${m.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
      <a class="crumb truncate" href=${`/dags/${n}`}>${n}</a><span class="muted" aria-hidden="true">/</span>
      <h1>${e.title}</h1>
      <span class="spacer"></span>
      ${(c.data?.total??0)>0&&g.value&&l`<button class="button" type="button" onClick=${()=>S("all")}><${r} name="restart" />${e.redriveAll}</button>`}
      ${(c.data?.total??0)>0&&y.value&&l`<button class="button button--quiet button--danger" type="button" onClick=${()=>x("all",c.data.total)}><${r} name="delete" />${e.discardAll}</button>`}
    </div>
    <section class="panel table-wrap">
      <${P} of=${c} lines=${6}>
        ${s=>s.items.length===0?l`<${q} title=${e.empty} detail=${e.emptyDetail} drawing=${l`<${r} name="letters" />`} />`:l`<${_}
                  label=${e.title}
                  items=${s.items}
                  keyOf=${t=>String(t.id)}
                  selected=${g.value?k:void 0}
                  onSelect=${b}
                  columns=${[{key:"time",label:e.columns.time,cell:t=>T(t.time)},{key:"place",label:e.columns.place,cell:t=>l`<b>${t.node??t.publisher??t.subscriber??t.component??""}</b>`},{key:"error",label:e.columns.error,cell:t=>l`<span class="truncate error-text" title=${t.error??t.reason}>${t.error??t.reason}</span>`},{key:"cycle",label:e.columns.cycle,number:!0,cell:t=>O(t.cycle)},{key:"state",label:e.columns.state,cell:t=>l`<span class="muted">${t.state??""}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:t=>l`<button class="button button--small" type="button" aria-expanded=${d===String(t.id)} onClick=${()=>I(d===String(t.id)?"":String(t.id))}>${e.show}</button>`}]}
                />
                ${d&&l`<div class="panel-body"><${B} source=${z(s.items.find(t=>String(t.id)===d))} label=${e.message} /></div>`}
                <footer class="panel-foot">
                  ${i.length>0&&l`<div class="bulk"><b>${m.dashboard.selected(i.length)}</b>
                    <button class="button button--small" type="button" onClick=${()=>S(i)}><${r} name="restart" small />${e.redrive}</button>
                    ${y.value&&l`<button class="button button--small button--quiet button--danger" type="button" onClick=${()=>x(i,i.length)}><${r} name="delete" small />${e.discard}</button>`}
                  </div>`}
                  <${j} total=${s.total} limit=${F} page=${a} count=${s.items.length} hasNext=${!!s.next_cursor} onPage=${t=>G(t>a?[...o,s.next_cursor]:o.slice(0,t+1))} />
                </footer>`}
      <//>
    </section>
  </main>`}function z(n){return n?JSON.stringify(n,null,2):""}export{R as default};
