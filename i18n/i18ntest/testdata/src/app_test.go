package app

var _ = p.T("only.in.a.test")
