const interpreters =
  /^(sh|bash|zsh|dash|ash|ksh|fish|busybox|env|sudo|xargs|cmd|powershell|pwsh|wscript|cscript|osascript|node|deno|bun|perl|ruby|php|python[\d.]*)(\.exe)?$/i;

/** Whether what it does stands in its arguments, so that its name and hash say nothing. */
export function runsItsArguments(path: string): boolean {
  return interpreters.test(path.split(/[/\\]/).at(-1) ?? '');
}
