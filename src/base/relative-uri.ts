/** Returns an RFC 3986 relative reference for a workspace-relative path with forward slashes: each segment percent-encoded. */
export function uriFromPath(path: string): string {
  const encoded = path.split('/').map(encodeSegment).join('/');
  // A colon in the first segment would read as a scheme.
  return /^[^/]*:/.test(encoded) ? `./${encoded}` : encoded;
}

/** The inverse of uriFromPath. Throws URIError on a malformed escape. */
export function pathFromUri(uri: string): string {
  return uri.replace(/^\.\//, '').split('/').map(decodeURIComponent).join('/');
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/%40/g, '@').replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%24/g, '$').replace(/%26/g, '&').replace(/%2B/g, '+').replace(/%3D/g, '=').replace(/%3B/g, ';');
}
