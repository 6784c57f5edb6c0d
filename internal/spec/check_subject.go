package spec

import "fmt"

// checkSubject refuses what would fail at the first exchange: a google.subject that can outgrow Google's limit even in its
// short form.
func (r *reader) checkSubject() *fault {
	d := r.bridge.ToGoogle
	if d == nil || d.CustomMapping || r.bridge.SubjectLength() <= maxSubject {
		return nil
	}
	over := r.bridge.SubjectLength() - maxSubject
	return r.about("toGoogle.role.name",
		fmt.Sprintf("with the longest session name on %s google.subject takes %d bytes and Google allows %d",
			d.Role.RunsOn, r.bridge.SubjectLength(), maxSubject),
		fmt.Sprintf("shorten the role's name or path by %d characters", over))
}
