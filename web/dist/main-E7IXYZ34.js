import{D as x,E as z,Ha as Q,I as H,Ia as V,J,Ja as y,K as U,Ka as f,L as E,M as W,N as j,O as K,_ as t,a as q,aa as h,b as n,c as w,d as A,da as T,fa as N,i as v,k as P,m as R,n as C,o,q as G,t as _,va as B}from"./part-4IKM2A4Z.js";function F(){let[e,s]=n(""),[r,a]=n(""),[c,l]=n(""),[i,m]=n(0),[d,S]=n(!1),$=A(null);w(()=>$.current?.focus(),[]),w(()=>{if(i<=0)return;let p=setTimeout(()=>m(i-1),1e3);return()=>clearTimeout(p)},[i]);let g=async p=>{if(p.preventDefault(),!e||!r){l(t.login.missing);return}S(!0);try{await W(e,r)}catch(b){let k=b instanceof G?b.status:-1;b instanceof G&&k===429&&m(b.retryAfter||1),l(k===401?t.login.wrong:k===503?t.login.busy:k===429?"":String(b.message)),a("")}S(!1)},I=i>0?t.login.wait(i):c;return o`<${y} title=${t.login.title} note=${t.login.reasons[z.value]} onSubmit=${g}>
    <${B} label=${t.login.name} value=${e} onInput=${s} autocomplete="username" inputRef=${$} />
    <${f} label=${t.login.password} value=${r} onInput=${a} autocomplete="current-password" />
    <div aria-live="assertive">${I&&o`<p class="note note--failed"><${h} name="failed" tone="failed" />${I}</p>`}</div>
    <button class="button button--primary button--wide" type="submit" disabled=${d||i>0}>${t.login.submit}</button>
  <//>`}function X(){let[e,s]=n(""),[r,a]=n(""),[c,l]=n(""),[i,m]=n(!1),d=async S=>{S.preventDefault(),m(!0);try{await J(e,r),await E()}catch($){l(String($.message))}m(!1)};return o`<${y} title=${t.account.password} note=${t.account.mustChange} onSubmit=${d}>
    <${f} label=${t.account.oldPassword} value=${e} onInput=${s} autocomplete="current-password" />
    <${f} label=${t.users.newPassword} value=${r} onInput=${a} autocomplete="new-password" help=${t.setup.rule} />
    <div aria-live="assertive">${c&&o`<p class="note note--failed"><${h} name="failed" tone="failed" />${c}</p>`}</div>
    <button class="button button--primary button--wide" type="submit" disabled=${i}>${t.common.save}</button>
    <button class="button button--quiet button--wide" type="button" onClick=${K}>${t.nav.signOut}</button>
  <//>`}var D=12;function L(){let e=v.value.query.get("token")??location.hash.slice(1),[s,r]=n("admin"),[a,c]=n(""),[l,i]=n(""),[m,d]=n(""),[S,$]=n(!1),g=[...a].length,I=async p=>{if(p.preventDefault(),d(""),g<D)d(t.setup.rule);else if(a!==l)d(t.setup.differ);else{$(!0);try{H(await _("/setup",{token:e,name:s,password:a})),await E(),P("/",{replace:!0})}catch(b){d(String(b.message))}$(!1)}};return e?o`<${y} title=${t.setup.title} note=${t.setup.intro} onSubmit=${I}>
    <${B} label=${t.setup.name} value=${s} onInput=${r} autocomplete="username" />
    <${f}
      label=${t.setup.password}
      value=${a}
      onInput=${c}
      autocomplete="new-password"
      help=${g>0&&g<D?t.setup.short(D-g):t.setup.rule}
    />
    <div class="meter" aria-hidden="true">${[4,8,12,20].map(p=>o`<span class=${g>=p?"on":""}></span>`)}</div>
    <${f} label=${t.setup.again} value=${l} onInput=${i} autocomplete="new-password" problem=${l&&l.length>=a.length&&l!==a?t.setup.differ:""} />
    <div aria-live="assertive">${m&&o`<p class="note note--failed"><${h} name="failed" tone="failed" />${m}</p>`}</div>
    <button class="button button--primary button--wide" type="submit" disabled=${S}>${t.setup.submit}</button>
  <//>`:o`<${y} title=${t.setup.title} onSubmit=${p=>p.preventDefault()}>
      <p class="note note--warning"><${h} name="warning" tone="warning" />${t.setup.noToken}</p>
      <a class="button button--wide" href="/login">${t.login.title}</a>
    <//>`}var u=e=>async()=>(await import("./part-JQPTGG66.js"))[e],M=e=>async()=>e,Z=[{pattern:"/login",title:t.login.title,load:M(F),bare:!0},{pattern:"/setup",title:t.setup.title,load:M(L),bare:!0},{pattern:"/",title:t.dashboard.title,load:M(Q)},{pattern:"/dags/:name",title:t.nav.dags,load:u("dag")},{pattern:"/dags/:name/dead-letters",title:t.letters.title,load:u("deadLetters")},{pattern:"/dags/:name/edit",title:t.editor.title,load:u("editor")},{pattern:"/new",title:t.editor.newTitle,load:u("editor")},{pattern:"/components",title:t.components.title,load:u("components")},{pattern:"/users",title:t.users.title,load:u("users")},{pattern:"/users/:name",title:t.users.title,load:u("user")},{pattern:"/account",title:t.nav.account,load:u("account")},{pattern:"/audit",title:t.audit.title,load:u("audit")},{pattern:"/server",title:t.server.title,load:u("server")},{pattern:"/help",title:t.help.title,load:u("help")}];function tt(){for(let e of Z){let s=C(e.pattern,v.value.path);if(s)return{route:e,parameters:s}}return null}var O=new Map;function Y({route:e,parameters:s}){let[r,a]=n(null),[,c]=n(0),l=O.get(e);return w(()=>{O.has(e)||(a(null),e.load().then(i=>{O.set(e,i),c(m=>m+1)},i=>a(i)))},[e]),w(()=>{document.title=`${s.name??e.title} · dagd`},[e,s.name]),r?o`<main id="main" class="page"><${N} error=${r} retry=${()=>location.reload()} /></main>`:l?o`<${l} key=${JSON.stringify(s)} ...${s} />`:o`<main id="main" class="page"><${T} /></main>`}function et(){let[e,s]=n(null);if(w(()=>{U().catch(s)},[]),e)return o`<main class="page"><${N} error=${e} retry=${()=>location.reload()} /></main>`;if(x.value===void 0)return o`<main class="page"><${T} /></main>`;let r=tt();if(!x.value&&!r?.route.bare){let a=v.value.path+location.search;return queueMicrotask(()=>P(a==="/"?"/login":`/login?next=${encodeURIComponent(a)}`,{replace:!0})),null}return x.value?.must_change_password?o`<${X} />`:x.value&&v.value.path==="/login"?(queueMicrotask(()=>P(j(),{replace:!0})),null):r?.route.bare?o`<${Y} ...${r} />`:o`<${V}>
    ${r?o`<${Y} ...${r} />`:o`<main id="main" class="page"><${N} error=${{message:v.value.path}} /></main>`}
  <//>`}document.addEventListener("click",R);q(o`<${et} />`,document.getElementById("app"));
