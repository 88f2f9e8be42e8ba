package i18n

import "strings"

// SplitPath takes an offered locale off the front of a path: "/de/articles/x"
// is "de" and "/articles/x". The locale may be written in any case; compare
// with JoinPath to send a reader to the one spelling. It reports false, and
// returns the path as it is, when there is none. The rest always begins with
// exactly one slash, so it cannot lead to another host.
func (n *Negotiator) SplitPath(path string) (Locale, string, bool) {
	if path == "" || path[0] != '/' {
		return "", path, false
	}
	first, rest, _ := strings.Cut(path[1:], "/")
	i, ok := n.exact(first)
	if !ok {
		return "", path, false
	}
	return n.offered[i], localPath(rest), true
}

// JoinPath puts a locale in front of a path: "pt-BR" and "/articles/x" are
// "/pt-br/articles/x". The zero Locale puts nothing there.
func JoinPath(l Locale, path string) string {
	if l == "" {
		return localPath(path)
	}
	return "/" + strings.ToLower(string(l)) + localPath(path)
}

// localPath begins with one slash; browsers read two, or one and a backslash,
// as the start of a host.
func localPath(path string) string {
	return "/" + strings.TrimLeft(path, `/\`)
}
