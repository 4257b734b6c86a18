// What an app does with leancloud-storage, against the address and the keys that are given: in
// Node with these as arguments, in a browser by a call of `main`, where `AV` is the SDK.
let mark;

function assert(holds, message) {
  if (!holds) throw message instanceof Error ? message : new Error(message || "it does not hold");
}

function same(one, other, reason) {
  const texts = [one, other].map((value) => JSON.stringify(value));
  assert(texts[0] === texts[1], reason || `${texts[0]} is not ${texts[1]}`);
}

async function refused(code, promise) {
  const error = await promise.then(
    () => assert(false, `not refused with ${code}`),
    (reason) => reason
  );
  same(error.code, code, error);
}

async function objects() {
  const Film = AV.Object.extend(`Film${mark}`);
  const film = new Film({ title: "卧虎藏龙", n: 1, at: new Date(), tags: ["a"], more: { x: 1 } });
  film.set("place", new AV.GeoPoint(39.9, 116.4));
  await film.save();
  film.increment("n", 4).addUnique("tags", "b");
  await film.save(null, { fetchWhenSave: true });
  same(film.get("n"), 5);
  await AV.Object.createWithoutData(film.className, film.id).increment("n", 10).save();
  await film.increment("n", 1).save(null, { fetchWhenSave: true });
  same(film.get("n"), 16);
  const read = await new AV.Query(Film).get(film.id);
  assert(read.get("at") instanceof Date);
  same(read.get("tags"), ["a", "b"]);
  const query = new AV.Query(Film).equalTo("n", 100);
  await refused(305, film.save({ n: 7 }, { query }));
  const more = [1, 2, 3].map((n) => new Film({ n }));
  await AV.Object.saveAll(more);
  await AV.Object.fetchAll(more);
  await AV.Object.destroyAll(more);
  await refused(101, new AV.Query(Film).get("none"));
  return film;
}

async function queries(film) {
  const Review = AV.Object.extend(`Review${mark}`);
  const review = new Review({ film, stars: 4 });
  await review.save();
  const name = film.className;
  const included = await new AV.Query(Review).include("film").equalTo("film", film).first();
  same(included.get("film").get("title"), "卧虎藏龙");
  const inner = new AV.Query(name).greaterThan("n", 4);
  same(await new AV.Query(Review).matchesQuery("film", inner).count(), 1);
  same(await new AV.Query(name).matches("title", /^卧.+龙$/).count(), 1);
  const either = AV.Query.or(new AV.Query(name).exists("none"), inner);
  same((await either.find()).length, 1);
  const near = new AV.Query(name).withinKilometers("place", new AV.GeoPoint(39.9, 116.41), 10);
  same((await near.find()).length, 1);
  film.relation("reviews").add(review);
  await film.save();
  same((await film.relation("reviews").query().find()).length, 1);
  const found = await AV.Query.doCloudQuery(`select *, count(objectId) from ${name} where n > ?`, [4]);
  same(found.count, 1);
}

async function users(film) {
  const name = `user${mark}`;
  const user = await new AV.User().setUsername(name).setPassword("secret").signUp();
  const secret = new AV.Object(film.className, { title: "mine" });
  secret.setACL(new AV.ACL(user));
  await secret.save();
  const mine = new AV.Query(film.className).equalTo("title", "mine");
  same(await mine.count(), 1);
  const role = new AV.Role(`role${mark}`, new AV.ACL());
  role.getUsers().add(user);
  await role.save(null, { useMasterKey: true });
  same((await new AV.Query(AV.Role).find({ useMasterKey: true })).length > 0, true);
  await AV.User.logOut();
  same(await mine.count(), 0);
  await refused(210, AV.User.logIn(name, "wrong"));
  const again = await AV.User.logIn(name, "secret");
  await again.updatePassword("secret", "new");
  await AV.User.become(again.getSessionToken());
  assert((await AV.User.loginAnonymously()).isAnonymous());
}

async function files(film) {
  const file = new AV.File("中文.txt", { base64: "5YaF5a65" });
  await file.save({ keepFileName: true });
  film.set("file", file);
  await film.save();
  const read = (await new AV.Query(film.className).get(film.id)).get("file");
  same(read.name(), "中文.txt");
  const body = await (await fetch(read.url())).text();
  same(body, "内容");
}

async function functions() {
  same(await AV.Cloud.run("hello", { a: 1 }), { a: 1 });
  assert((await AV.Cloud.getServerDate()) instanceof Date);
}

async function main(settings) {
  mark = settings.mark;
  AV.init(settings);
  const film = await objects();
  await queries(film);
  await users(film);
  await files(film);
  await functions();
  return "done";
}

if (typeof require !== "undefined") {
  globalThis.AV = require("leancloud-storage");
  const [serverURL, appId, appKey, masterKey, mark] = process.argv.slice(2);
  main({ serverURL, appId, appKey, masterKey, mark }).then(console.log, (error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
