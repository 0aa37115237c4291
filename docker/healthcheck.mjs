// A container's health: whether the app in it is ready (the image has no curl).
const answer = await fetch(`http://127.0.0.1:${process.env.HEALTH_PORT}/health/ready`).catch(() => undefined);
process.exit(answer?.ok ? 0 : 1);
