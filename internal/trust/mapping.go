package trust

// DefaultAWSMapping is what Google applies to a provider of type AWS whose mapping is empty, as documented. The map is the
// caller's own.
func DefaultAWSMapping() map[string]string {
	return map[string]string{
		"google.subject": "assertion.arn",
		"attribute.aws_role": "assertion.arn.contains('assumed-role') ? assertion.arn.extract('{account_arn}assumed-role/') + 'assumed-role/'" +
			" + assertion.arn.extract('assumed-role/{role_name}/') : assertion.arn",
	}
}
