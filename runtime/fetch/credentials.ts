/** Text for eyes and logs: every url in it loses its user and password. */
export function withoutCredentials(text: string): string {
    return text.replaceAll(/\b([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^\s/?#]*@/g, '$1');
}
