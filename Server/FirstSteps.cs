using Microsoft.AspNetCore.Hosting.Server;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest;

namespace TimeSeries.Server;

/// <summary>
/// While the store has no samples of users and no project is configured: shows the token and the access key that were made, with commands to paste that push a
/// sample and read it back. At the first start shows the token of the server's own samples. On the terminal and not in the log, which others may read.
/// </summary>
internal sealed class FirstSteps(
    FirstProject first, SelfProject self, IServer server, IServiceProvider services, IHostApplicationLifetime lifetime, Terminal terminal,
    LocalAccess access) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Print);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Access => access.IsOpen
        ? "While no project is configured, alert history and metrics are open without a token on this machine."
        : "Alert history and metrics need the token too: the server listens to more than this machine.";

    private string Self => self.Token is null ? ""
        : $"The server keeps its own requests and threads in project {self.Pcode}, for a week (Self:Enabled=false switches that off). "
            + $"The token that reads them and makes alert rules about them, kept in {self.TokenPath}:\n\n  {self.Token}\n";

    private void Print()
    {
        if (first is not { Token: { } token, AccessKey: { } key } || services.HasTakenSamples())
        {
            if (self.IsNew)
            {
                terminal.Out.WriteLine($"\n{Self}");
            }

            return;
        }

        string address = Listener.LocalAddress(server);
        terminal.Out.WriteLine(
            $$"""

            No project is configured, so project {{FirstProject.Pcode}} was made. Its token, kept in {{first.TokenPath}}:

              {{token}}

            Push a sample:

              curl -X POST {{address}}/ingest/v1/batch -H 'Authorization: Bearer {{token}}' -H 'Content-Type: application/json' \
                -d '{"agent":{"oname":"shop-8080"},"transaction":[{"time":'$(date +%s000)',"service":"/cart","elapsed":12.5}]}'

            Read it back:

              curl {{address}}/open/api/json/transaction -H 'x-whatap-pcode: {{FirstProject.Pcode}}' -H 'x-whatap-token: {{token}}'

            Read and try every endpoint: {{address}}/docs

            The NCP API takes the access key {{key.Id}} with the secret {{key.Secret}}, kept in {{first.AccessKeyPath}}.

            {{Self}}
            {{Access}}
            This is shown until the first sample is stored.

            """);
    }
}
