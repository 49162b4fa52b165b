import {
  ActivityTypes,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConfigurationServiceClientCredentialFactory,
} from 'botbuilder';
import restify from 'restify';

/**
 * The bot that the bench compares Usher with: the plainest that botbuilder's own echo sample makes. It echoes the
 * message, looks nothing up, keeps nothing and draws no card.
 * https://github.com/microsoft/BotBuilder-Samples/tree/main/samples/javascript_nodejs/02.echo-bot
 */
const credentials = new ConfigurationServiceClientCredentialFactory({
  MicrosoftAppId: '',
  MicrosoftAppType: 'MultiTenant',
});
const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}, credentials));
const server = restify.createServer();
server.use(restify.plugins.bodyParser());

server.post('/api/messages', async (request, response) => {
  const { body, headers, method = 'POST' } = request;
  await adapter.process({ body, headers, method }, response, async (context) => {
    if (context.activity.type === ActivityTypes.Message) await context.sendActivity(`Echo: ${context.activity.text}`);
  });
});
server.get('/readyz', async (_request: restify.Request, response: restify.Response) => {
  response.send(200, { status: 'ready' });
});
server.listen(Number(process.env.PORT ?? 3978), process.env.HOST ?? '127.0.0.1');
// Node stores its compile cache only when a process ends in order, and the next start is to have one as Usher's has.
process.once('SIGTERM', () => process.exit(0));
