// Signs in as a workload on AWS with Google's own library, reads a project and prints its number. The credential
// configuration comes from GOOGLE_APPLICATION_CREDENTIALS; nothing else is told where the clouds are.
const {GoogleAuth} = require('google-auth-library');

async function main() {
  const auth = new GoogleAuth({scopes: 'https://www.googleapis.com/auth/cloud-platform'});
  const client = await auth.getClient();
  const answer = await client.request({url: 'https://cloudresourcemanager.googleapis.com/v1/projects/acme-build'});
  console.log(answer.data.projectNumber);
}

main().catch(err => {
  console.error(err.response && err.response.data ? JSON.stringify(err.response.data) : err);
  process.exit(1);
});
