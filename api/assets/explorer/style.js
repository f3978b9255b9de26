// The explorer's library adds style sheets at run time; it gives them the page's nonce when it finds it under this name.
window.__webpack_nonce__ = document.currentScript.nonce;
