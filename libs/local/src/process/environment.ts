/** The settings of this system that contain secrets. Programs that do not need them do not get them. */
const OWN_SECRETS =
  /^(JIMO_WEBHOOK_TOKENS|READ_API_TOKENS|DATABASE_(READ_)?URL|KAFKA_SASL_PASSWORD|REACTIONS_KEY|(KAFKA|DATABASE)_APP_USERS)$/;

/** The environment for third-party tools (Maven, Docker), which have their own settings: all but this system's secrets. */
export const toolEnvironment = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !OWN_SECRETS.test(name)));

const OF_A_JVM = /^(PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|JAVA_HOME|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS)$/;

/** The environment for a Java server: only the variables that a JVM reads. */
export const javaEnvironment = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => OF_A_JVM.test(name)));
