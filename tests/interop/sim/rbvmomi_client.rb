# Drives a server with rbvmomi and prints what it found, one fact a line: rbvmomi_client.rb PORT
require 'rbvmomi'

$stdout.sync = true
VIM = RbVmomi::VIM

def tell(name, value)
  puts "#{name}: #{value}"
end

vim = VIM.connect(host: '127.0.0.1', port: ARGV[0].to_i, user: 'root', password: 'esxvi', insecure: true, ssl: true)
content = vim.serviceContent
tell 'product', content.about.fullName
datacenter = vim.serviceInstance.find_datacenter
tell 'datacenter', datacenter.name
machines = datacenter.vmFolder.childEntity
tell 'machines', machines.map(&:name).sort.join(' ')
vm = machines.find { |m| m.name == 'test01' }
web = machines.find { |m| m.name == 'web01' }
tell 'address', web.guest.net.first.ipConfig.ipAddress.first.ipAddress

# RetrieveContents, as its old name is.
spec = VIM.PropertyFilterSpec(
  objectSet: [{ obj: datacenter.vmFolder, skip: true,
                selectSet: [VIM.TraversalSpec(type: 'Folder', path: 'childEntity', name: 'down')] }],
  propSet: [{ type: 'VirtualMachine', pathSet: ['name', 'config.hardware.memoryMB'] }]
)
found = vim.propertyCollector.RetrieveProperties(specSet: [spec])
tell 'memory', found.map { |o| "#{o['name']}=#{o['config.hardware.memoryMB']}" }.sort.join(' ')
view = content.viewManager.CreateContainerView(container: content.rootFolder, type: ['HostSystem'], recursive: true)
host = view.view.first
tell 'host', host.name
tell 'datastores', host.datastore.map(&:name).sort.join(' ')
tell 'port groups', host.config.network.portgroup.map { |g| g.spec.name }.sort.join(', ')
tell 'roles', content.authorizationManager.roleList.map(&:name).join(' ')

# A filter, and updates by WaitForUpdatesEx while the machine asks and starts.
collector = vim.propertyCollector
filter = collector.CreateFilter(
  spec: { objectSet: [{ obj: vm }],
          propSet: [{ type: 'VirtualMachine', pathSet: ['runtime.powerState', 'runtime.question'] }] },
  partialUpdates: false
)
version = ''
task = vm.PowerOnVM_Task
states = []
asked = nil
until states.last == 'poweredOn'
  news = collector.WaitForUpdatesEx(version: version, options: { maxWaitSeconds: 5 })
  next unless news

  version = news.version
  news.filterSet.each do |set|
    set.objectSet.each do |object|
      object.changeSet.each do |change|
        states << change.val if change.name == 'runtime.powerState' && change.val
        next unless change.name == 'runtime.question' && change.val

        question = change.val
        choice = question.choice.choiceInfo[question.choice.defaultIndex]
        asked = choice.summary
        vm.AnswerVM(questionId: question.id, answerChoice: choice.key)
      end
    end
  end
end
task.wait_for_completion
tell 'question', asked
tell 'power', states.join(' ')
filter.DestroyPropertyFilter
begin
  vm.PowerOnVM_Task.wait_for_completion
rescue RbVmomi::Fault => e
  tell 'twice', e.fault.class.wsdl_name
end
vm.SuspendVM_Task.wait_for_completion
tell 'suspended', vm.runtime.powerState
vm.PowerOnVM_Task.wait_for_completion
vm.ResetVM_Task.wait_for_completion
vm.PowerOffVM_Task.wait_for_completion
tell 'power', vm.runtime.powerState

vm.ReconfigVM_Task(spec: { memoryMB: 3072, numCPUs: 2,
                           extraConfig: [{ key: 'guestinfo.a', value: 'b' }] }).wait_for_completion
tell 'reconfigured', "#{vm.config.hardware.memoryMB} #{vm.config.hardware.numCPU}"
tell 'extra', vm.config.extraConfig.find { |o| o.key == 'guestinfo.a' }.value

vm.CreateSnapshot_Task(name: 'one', description: 'first', memory: false, quiesce: false).wait_for_completion
one = vm.snapshot.currentSnapshot
disk = vm.config.hardware.device.find { |d| d.is_a? VIM::VirtualDisk }
tell 'snapshot', "#{vm.snapshot.rootSnapshotList.first.name} #{disk.backing.fileName}"
tell 'parent', disk.backing.parent.fileName
one.RevertToSnapshot_Task(suppressPowerOn: true).wait_for_completion
one.RemoveSnapshot_Task(removeChildren: true).wait_for_completion
tell 'snapshots left', !vm.snapshot.nil?
begin
  one.RevertToSnapshot_Task.wait_for_completion
rescue RbVmomi::Fault => e
  tell 'gone', e.fault.class.wsdl_name
end

created = datacenter.vmFolder.CreateVM_Task(
  config: { name: 'made', guestId: 'otherGuest', files: { vmPathName: '[datastore1]' }, memoryMB: 64, numCPUs: 1 },
  pool: host.parent.resourcePool
).wait_for_completion
tell 'created', created.name
created.Destroy_Task.wait_for_completion
events = content.eventManager.QueryEvents(filter: {})
tell 'events', events.select { |e| e.vm && e.vm.name == 'made' }.map { |e| e.class.wsdl_name }.join(' ')
vim.close
