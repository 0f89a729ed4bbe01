// Whether MongoDB takes writes; asked as the container's health. At the first time it makes the
// replica set of one, the administrator and the services' users: from this host, while nobody is
// there, MongoDB allows that. Again is the same.
const fs = require("fs");
const DONE = "/tmp/users-made"; // gone with the container: roles are looked at once a start
const passwords = JSON.parse(fs.readFileSync("/run/secrets/users.json", "utf8"));
const roles = JSON.parse(fs.readFileSync("/entrygo/roles.json", "utf8"));
const admin = db.getSiblingDB("admin");

function letIn() {
  try {
    return Boolean(admin.auth("admin", passwords.admin).ok);
  } catch (error) {
    if (error.codeName !== "AuthenticationFailed") throw error;
    return false;
  }
}

function begin() {
  try {
    rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] });
  } catch (error) {
    if (error.codeName !== "AlreadyInitialized") throw error;
  }
  if (!admin.hello().isWritablePrimary) quit(1); // elected in a moment: asked again
  admin.createUser({ user: "admin", pwd: passwords.admin, roles: ["root"] });
  return letIn();
}

function privileges({ reads, writes, makes }) {
  const of = (collection) => ({ db: process.env.ENTRYGO_MONGO_DATABASE, collection });
  return [
    { resource: of(""), actions: [...reads, ...makes] },
    ...writes.map((name) => ({ resource: of(name), actions: ["insert", "update", "remove"] })),
  ];
}

if (!letIn() && !begin()) quit(1);
if (!admin.hello().isWritablePrimary) quit(1);
if (!fs.existsSync(DONE)) {
  for (const [name, may] of Object.entries(roles)) {
    const role = { privileges: privileges(may), roles: [] };
    if (admin.getRole(name)) admin.updateRole(name, role);
    else admin.createRole({ role: name, ...role });
    const user = { pwd: passwords[name], roles: [{ role: name, db: "admin" }] };
    if (admin.getUser(name)) admin.updateUser(name, user);
    else admin.createUser({ user: name, ...user });
  }
  fs.writeFileSync(DONE, "");
}
quit(0);
