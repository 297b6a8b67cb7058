using System.CommandLine;
using TimeSeries.Fuzzing.Running;

RootCommand root = new("Tries what takes bytes from outside with inputs that follow what they reach.")
{
    RunCommand.CreateRun(),
    RunCommand.CreateReplay(),
    RunCommand.CreateLoop(),
    RunCommand.CreateInstrument(),
    RunCommand.CreateAfl(),
};
return root.Parse(args).Invoke();
