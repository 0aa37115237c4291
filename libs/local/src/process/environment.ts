/** Settings of this system that hold secrets. A program that does not need one does not get it. */
const OWN_SECRETS =
  /^(JIMO_WEBHOOK_TOKENS|READ_API_TOKENS|DATABASE_(READ_)?URL|KAFKA_SASL_PASSWORD|REACTIONS_KEY|(KAFKA|DATABASE)_APP_USERS)$/;

/** For tools of others (Maven, Docker), which have settings and secrets of their own: all but this system's secrets. */
export const toolEnvironment = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !OWN_SECRETS.test(name)));

const OF_A_JVM = /^(PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|JAVA_HOME|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS)$/;

/** For a Java server: what a JVM reads, and nothing else. */
export const javaEnvironment = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => OF_A_JVM.test(name)));
