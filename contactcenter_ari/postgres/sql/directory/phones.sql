select id as phone, agent_id as agent, digest from phone order by agent_id collate "C", id
