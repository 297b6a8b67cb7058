using System.ComponentModel;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Server.Client;

/// <summary>Section <c>Client</c>: what the commands that call a running server need. A token is no option, since others can see command lines.</summary>
public sealed class ClientOptions
{
    public const string Section = "Client";

    [Description("Server that backup and probe call, like http://127.0.0.1:5080; written behind the command: backup <url> <target>")]
    public string Url { get; init; } = "";

    [Description("New directory that backup writes into")]
    public string Target { get; init; } = "";

    [Description("File with the token for that server, where TIMESERIES_TOKEN is not set; by default the one that a server made in Storage:Directory")]
    public string TokenFile { get; init; } = "";

    [Description("Project of users that probe writes into, where that is allowed")]
    public long Pcode { get; init; } = 1;

    [Description("File with an access key and its secret, a blank between them, with which probe signs; not needed for the server's own project")]
    public string AccessKeyFile { get; init; } = "";

    [Description("Whether probe may write into a project of users, too (--allow-user-project)")]
    [TypeConverter(typeof(FlagConverter))]
    public bool AllowUserProject { get; init; }
}
