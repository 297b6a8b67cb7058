using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Storage;
using TimeSeries.Server;
using TimeSeries.Server.Backup;
using TimeSeries.Server.Client;
using TimeSeries.Server.Probe;

if (!DescriptorLimit.Suffices())
{
    return HostProgram.Failed;
}

string[] arguments = ClientArguments.Expand(
    DirectoryCommands.WithDirectory(args), (BackupCommand.Command.Name, BackupCommand.Keys), (ProbeCommand.Command.Name, ProbeCommand.Keys));
return await HostProgram.RunAsync(
    "TimeSeries Server", arguments, ServerHost.BuildProgram,
    DeadLetterCommand.Command, DirectoryCommands.Verify, DirectoryCommands.Repair, BackupCommand.Command, ProbeCommand.Command);
