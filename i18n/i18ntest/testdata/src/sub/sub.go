package sub

var title = p.T("skipped.key")
